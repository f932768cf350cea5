//! Access tokens that are bound to a key of their client, and the proofs that it has the key (`DPoP`, RFC 9449). Nonces of
//! the server (section 9) are not used: the age of a proof is bounded by its time of issue.

mod header;
mod proof;
mod settings;
mod target;

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::HeaderName;
use jiff::Timestamp;
use ring::digest::{Context, SHA256};
use serde_json::Value;
use store::Store;

use super::memory::Fingerprint;
use crate::authorization;
use crate::challenge::Challenge;
use crate::jwks::Thumbprint;
use crate::sign_in::RequestHead;
use proof::Proof;

pub use settings::DpopSettings;

/// Header that carries the proof.
pub(super) const HEADER: HeaderName = HeaderName::from_static("dpop");

/// Scheme of the credential beside it.
pub(super) const SCHEME: &str = "DPoP";

/// Value of `WWW-Authenticate` for whatever is bad about a token or its proof (RFC 9449, section 7.1).
pub(super) const CHALLENGE: &str = "DPoP error=\"invalid_token\", algs=\"ES256 EdDSA Ed25519 PS256 RS256\"";

/// The check of the proofs of a server.
#[derive(Debug)]
pub(super) struct Dpop {
    settings: DpopSettings,
    /// Difference between the clocks of a client and this server that is forgiven, in seconds.
    leeway_s: i64,
    store: Arc<dyn Store>,
}

/// A proof that fits its request and token, and that is yet to be verified.
pub(super) struct RequestProof<'a> {
    dpop: &'a Dpop,
    proof: Proof<'a>,
}

impl Dpop {
    pub(super) fn new(settings: DpopSettings, leeway: Duration, store: Arc<dyn Store>) -> Self {
        Self { settings, leeway_s: i64::try_from(leeway.as_secs()).unwrap_or(i64::MAX), store }
    }

    /// Reads the one proof of a request that presents a token, and checks all of it but the signature and whether it was
    /// used before.
    pub(super) fn read<'a>(
        &'a self,
        request: RequestHead<'a>,
        token: Fingerprint,
        now: Timestamp,
    ) -> Result<RequestProof<'a>, &'static str> {
        let text = authorization::only(request.headers, &HEADER);
        let text = text.map_err(|_| "the header of the proof is there twice, or is not printable ASCII")?;
        let text = text.ok_or("the token comes without a proof")?;
        if text.len() > self.settings.max_bytes {
            return Err("the proof is too long");
        }
        let (proof, claims) = Proof::read(text)?;
        let read = RequestProof { dpop: self, proof };
        read.check_age(now)?;
        if claims.text("htm") != Some(request.method.as_str()) {
            return Err("the proof is for another method");
        }
        let target = claims.get("htu").and_then(Value::as_str).ok_or("the proof names no target")?;
        if !target::names(target, &self.settings.origin, request.uri.path()) {
            return Err("the proof is for another target");
        }
        if claims.text("ath") != Some(&URL_SAFE_NO_PAD.encode(token.bytes())) {
            return Err("the proof is for another token");
        }
        Ok(read)
    }

    /// Time for which a proof is remembered: that in which it is good, and twice the leeway again for two replicas whose
    /// clocks differ.
    fn keep(&self) -> Duration {
        let leeway = Duration::from_secs(self.leeway_s.unsigned_abs());
        self.settings.max_age.saturating_add(leeway.saturating_mul(4))
    }
}

impl RequestProof<'_> {
    /// Checks that the signature is of the key in the proof, and that the proof is still good. It may have waited for the
    /// keys of the issuer.
    pub(super) fn verify(&self, now: Timestamp) -> Result<(), &'static str> {
        self.check_age(now)?;
        if self.proof.is_signed() { Ok(()) } else { Err("the signature of the proof does not match") }
    }

    /// Notes that a proof is used. One that was used before is rejected, on any replica with the same store.
    pub(super) async fn use_up(&self) -> Result<(), Challenge> {
        // A client names its proofs itself, so that another client may have taken the same name.
        let mut name = Context::new(&SHA256);
        name.update(self.proof.thumbprint.bytes());
        name.update(self.proof.id.as_bytes());
        let key = format!("dpop:{}", URL_SAFE_NO_PAD.encode(name.finish()));
        match self.dpop.store.insert(&key, Bytes::from_static(b"used"), self.dpop.keep()).await {
            Ok(None) => Ok(()),
            Ok(Some(_)) => Err(Challenge::rejected(CHALLENGE, "the proof was used before")),
            Err(error) => {
                tracing::warn!(%error, "the use of a proof could not be noted");
                Err(Challenge::unavailable("the use of the proof could not be noted"))
            }
        }
    }

    fn check_age(&self, now: Timestamp) -> Result<(), &'static str> {
        let (now, leeway) = (now.as_second(), self.dpop.leeway_s);
        let max_age = i64::try_from(self.dpop.settings.max_age.as_secs()).unwrap_or(i64::MAX);
        if self.proof.issued > now.saturating_add(leeway) {
            return Err("the proof is not valid yet");
        }
        if now.saturating_sub(self.proof.issued) >= max_age.saturating_add(leeway) {
            return Err("the proof is too old");
        }
        Ok(())
    }
}

/// Checks that a token is bound to the key of its proof, and that a token without a proof is bound to none: whether its
/// sender has the key could not be told.
pub(super) fn check_binding(
    binding: Option<&Thumbprint>,
    proof: Option<&RequestProof<'_>>,
) -> Result<(), &'static str> {
    match (binding, proof) {
        (None, None) => Ok(()),
        (Some(_), None) => Err("the token is bound to a key, and this server checks no bindings"),
        (None, Some(_)) => Err("the token is not bound to a key"),
        (Some(binding), Some(proof)) if binding.is(&proof.proof.thumbprint) => Ok(()),
        (Some(_), Some(_)) => Err("the token is bound to another key"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algorithm::Algorithm;

    #[test]
    fn the_challenge_lists_each_algorithm() {
        let (_, list) = CHALLENGE.split_once("algs=").unwrap();
        let named: Vec<_> =
            list.trim_matches('"').split(' ').map(|name| Algorithm::of(name).unwrap()).collect();
        assert!(Algorithm::ALL.iter().all(|it| named.contains(it)));
    }
}
