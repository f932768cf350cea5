//! Credentials that the server signs itself.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, ready};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::key::{CredentialKeyError, SigningKey};
use super::{Credential, CredentialSource, NoCredential};
use crate::principal::{Actor, Principal};

/// Lifetime of a credential, in seconds: longer than any request, too short to be worth stealing.
const LIFETIME_S: i64 = 60;

/// Signs short-lived credentials: JSON Web Tokens (RFC 7519) with `iss` the server, `aud` the audience, and `sub` and
/// `actor` the principal, if any. No token of a client ever goes into one.
pub struct CredentialSigner {
    key: SigningKey,
    issuer: &'static str,
    /// The header of every credential, encoded.
    header: String,
    /// The public parts of other keys that services are to know.
    others: Vec<Value>,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<&'a str>,
    iat: i64,
    exp: i64,
}

impl CredentialSigner {
    /// Signs with a secret that the services share (HS256): whoever can verify a credential can then make one.
    #[must_use]
    pub fn shared(secret: &str, issuer: &'static str) -> Self {
        Self::new(SigningKey::shared(secret), issuer)
    }

    /// Signs with a private key in PKCS#8: Ed25519 (`EdDSA`) or P-256 (ES256). Services verify with its public part, and no
    /// service can sign.
    pub fn private(pkcs8: &[u8], issuer: &'static str) -> Result<Self, CredentialKeyError> {
        SigningKey::private(pkcs8).map(|key| Self::new(key, issuer))
    }

    fn new(key: SigningKey, issuer: &'static str) -> Self {
        let mut header = json!({ "typ": "JWT", "alg": key.algorithm() });
        if let Some(id) = key.id() {
            header["kid"] = id.into();
        }
        Self { header: URL_SAFE_NO_PAD.encode(header.to_string()), key, issuer, others: Vec::new() }
    }

    /// Publishes the public part of another private key as well: of one that is to sign next, so that services know it by
    /// then, or of one that signed before. Shared keys are never published.
    pub fn publishing(mut self, pkcs8: &[u8]) -> Result<Self, CredentialKeyError> {
        self.others.extend(SigningKey::private(pkcs8)?.jwk());
        Ok(self)
    }

    /// Signs a credential for calls that are made for a principal, valid from a time on. Returns `None` if the system has
    /// no randomness to give, which some algorithms need.
    fn sign(&self, principal: &Principal, audience: &str, now: Timestamp) -> Option<Credential> {
        let (sub, actor) = match principal.actor() {
            Actor::Anonymous => (None, None),
            Actor::User(id) => (Some(&**id), Some("user")),
            Actor::Device(id) => (Some(&**id), Some("device")),
            Actor::Visitor(id) => (Some(&**id), Some("visitor")),
        };
        let iat = now.as_second();
        let claims = Claims { iss: self.issuer, aud: audience, sub, actor, iat, exp: iat + LIFETIME_S };
        let claims = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&claims).ok()?);
        let signed = format!("{}.{claims}", self.header);
        let signature = URL_SAFE_NO_PAD.encode(self.key.sign(signed.as_bytes())?);
        Credential::bearer(&format!("{signed}.{signature}"), Timestamp::from_second(iat + LIFETIME_S).ok()?)
    }
}

impl fmt::Debug for CredentialSigner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("CredentialSigner").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

impl CredentialSource for CredentialSigner {
    fn credential<'a>(
        &'a self,
        principal: &'a Principal,
        audience: &'a str,
    ) -> BoxFuture<'a, Result<Credential, NoCredential>> {
        // The system clock, with which services compare the times.
        ready(self.sign(principal, audience, Timestamp::now()).ok_or(NoCredential::Unsigned)).boxed()
    }

    /// Returns the public parts of the key and of the others that are published; `None` if services share the key.
    fn key_set(&self) -> Option<Value> {
        let own = self.key.jwk()?;
        Some(json!({ "keys": std::iter::once(&own).chain(&self.others).collect::<Vec<_>>() }))
    }
}
