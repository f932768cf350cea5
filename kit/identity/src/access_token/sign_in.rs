//! Sign-in with an access token.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Either};
use http::HeaderName;
use http::header::AUTHORIZATION;
use store::Store;

use super::dpop::{self, Dpop, DpopSettings, RequestProof};
use super::header::Header;
use super::memory::{Fingerprint, Memory};
use super::rules::Named;
use super::settings::AccessTokenSettings;
use crate::authorization;
use crate::challenge::Challenge;
use crate::clock::Clock;
use crate::jwks::{FoundKey, Jwks, NoKey};
use crate::jwt::Parts;
use crate::principal::Principal;
use crate::sign_in::{RequestHead, SignIn, SignedIn, SigningIn, signed_in};

/// Sign-in with an access token in `authorization: Bearer …` (RFC 6750, section 2.1). A request without that header is
/// anonymous; one with any other credential in it is rejected, and so is a token that is bound to a key.
///
/// With [`with_dpop`](Self::with_dpop) a token must be bound to a key, and each request must prove that its sender has
/// the key: `authorization: DPoP …` and one header `dpop` (RFC 9449, section 7.1).
#[derive(Debug)]
pub struct AccessTokenSignIn {
    settings: AccessTokenSettings,
    keys: Jwks,
    memory: Memory,
    clock: Clock,
    /// `None` if tokens are bound to no key.
    dpop: Option<Dpop>,
}

/// A token, and the proof beside it if the server demands one.
struct Presented<'a> {
    token: &'a str,
    fingerprint: Fingerprint,
    proof: Option<RequestProof<'a>>,
}

/// A token whose signature is yet to be verified. All else about it was found good, so that only a token that could be
/// good costs a signature, or makes the server ask for keys.
struct Unverified<'a> {
    presented: Presented<'a>,
    header: Header,
    named: Named,
    signed: &'a str,
    signature: Vec<u8>,
}

impl AccessTokenSignIn {
    /// Creates the sign-in with tokens that these keys have signed.
    #[must_use]
    pub fn new(settings: AccessTokenSettings, keys: Jwks, clock: Clock) -> Self {
        let memory = Memory::new(settings.max_remembered, settings.remember);
        Self { settings, keys, memory, clock, dpop: None }
    }

    /// Returns the sign-in that demands tokens which are bound to a key, and a proof of that key with each request. The
    /// proofs that were used are in a store, which replicas must share for one of them to reject what another has seen.
    #[must_use]
    pub fn with_dpop(self, settings: DpopSettings, store: Arc<dyn Store>) -> Self {
        let dpop = Dpop::new(settings, self.settings.leeway, store);
        Self { dpop: Some(dpop), ..self }
    }

    fn read<'a>(&self, presented: Presented<'a>) -> Result<Unverified<'a>, &'static str> {
        let parts = Parts::of(presented.token)?;
        let header = Header::read(&parts.header, &self.settings.algorithms)?;
        let named = self.settings.check(&parts.claims, self.clock.now())?;
        dpop::check_binding(named.binding.as_ref(), presented.proof.as_ref())?;
        Ok(Unverified { presented, header, named, signed: parts.signed, signature: parts.signature })
    }

    fn verify(&self, token: &Unverified<'_>, key: Result<FoundKey, NoKey>) -> SignedIn {
        let key = key.map_err(|no| match no {
            NoKey::Unknown => self.rejected("no key of the issuer has this id and algorithm"),
            NoKey::NotLoaded => Challenge::unavailable("the keys of the issuer could not be loaded"),
        })?;
        if !key.verifies(token.header.algorithm, token.signed.as_bytes(), &token.signature) {
            return Err(self.rejected("the signature does not match"));
        }
        // The token may have waited for the key.
        let now = self.clock.now();
        if now >= token.named.ends {
            return Err(self.rejected("the token has expired"));
        }
        self.memory.keep(token.presented.fingerprint, &token.named, now, key.generation);
        Ok(token.named.principal.clone())
    }
}

impl SignIn for AccessTokenSignIn {
    fn sign_in<'a>(&'a self, request: RequestHead<'a>) -> SigningIn<'a> {
        let presented = match self.presented(request) {
            Ok(Some(presented)) => presented,
            Ok(None) => return signed_in(Ok(Principal::anonymous())),
            Err(reason) => return signed_in(Err(self.rejected(reason))),
        };
        let fingerprint = presented.fingerprint;
        let remembered =
            self.keys.generation().and_then(|it| self.memory.recall(fingerprint, self.clock.now(), it));
        let text = presented.token;
        let bearing = move |principal: Principal| principal.with_subject_token(text.into());
        if let Some(named) = remembered {
            return match dpop::check_binding(named.binding.as_ref(), presented.proof.as_ref()) {
                Ok(()) => self.admit(Ok(bearing(named.principal)), presented.proof),
                Err(reason) => signed_in(Err(self.rejected(reason))),
            };
        }
        let token = match self.read(presented) {
            Ok(token) => token,
            Err(reason) => return signed_in(Err(self.rejected(reason))),
        };
        let found = self.keys.get(&token.header.key_id, token.header.algorithm);
        if found.is_ok() {
            return self.admit(self.verify(&token, found).map(bearing), token.presented.proof);
        }
        let later = async move {
            let found = self.keys.find(&token.header.key_id, token.header.algorithm).await;
            self.admit(self.verify(&token, found).map(bearing), token.presented.proof).await
        };
        Either::Right(later.boxed())
    }

    fn reads(&self) -> Vec<HeaderName> {
        let proof = self.dpop.as_ref().map(|_| dpop::HEADER);
        [AUTHORIZATION].into_iter().chain(proof).collect()
    }

    fn brings_tokens(&self) -> bool {
        true
    }

    fn maintain(&self) -> BoxFuture<'_, ()> {
        self.keys.maintain().boxed()
    }
}

impl AccessTokenSignIn {
    fn presented<'a>(&'a self, request: RequestHead<'a>) -> Result<Option<Presented<'a>>, &'static str> {
        let Some(token) = self.token(request)? else { return Ok(None) };
        let fingerprint = Fingerprint::of(token);
        let proof = self.dpop.as_ref().map(|dpop| dpop.read(request, fingerprint, self.clock.now()));
        Ok(Some(Presented { token, fingerprint, proof: proof.transpose()? }))
    }

    fn token<'a>(&self, request: RequestHead<'a>) -> Result<Option<&'a str>, &'static str> {
        let scheme = if self.dpop.is_some() { dpop::SCHEME } else { "Bearer" };
        let Some(value) = authorization::only(request.headers, &AUTHORIZATION)? else {
            let is_proof_alone = self.dpop.is_some() && request.headers.contains_key(dpop::HEADER);
            return if is_proof_alone { Err("a proof comes without a token") } else { Ok(None) };
        };
        let token = authorization::of_scheme(value, scheme).ok_or("the credential is of another scheme")?;
        if token.len() > self.settings.max_bytes {
            return Err("the token is too long");
        }
        Ok(Some(token))
    }

    /// Signs in with a token that was verified, once the proof beside it is: a signature, and last the store.
    fn admit<'a>(&'a self, verified: SignedIn, proof: Option<RequestProof<'a>>) -> SigningIn<'a> {
        let (principal, proof) = match (verified, proof) {
            (Ok(principal), Some(proof)) => (principal, proof),
            (verified, _) => return signed_in(verified),
        };
        if let Err(reason) = proof.verify(self.clock.now()) {
            return signed_in(Err(self.rejected(reason)));
        }
        Either::Right(async move { proof.use_up().await.map(|()| principal) }.boxed())
    }

    /// Returns the one answer for every bad token and proof, so that nobody can feel their way to a better one (RFC 6750,
    /// section 3.1).
    const fn rejected(&self, reason: &'static str) -> Challenge {
        let authenticate =
            if self.dpop.is_some() { dpop::CHALLENGE } else { "Bearer error=\"invalid_token\"" };
        Challenge::rejected(authenticate, reason)
    }
}
