//! Sign-in with an access token.

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Either};
use http::HeaderName;
use http::header::AUTHORIZATION;

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
/// anonymous; one with any other credential in it is rejected.
#[derive(Debug)]
pub struct AccessTokenSignIn {
    settings: AccessTokenSettings,
    keys: Jwks,
    memory: Memory,
    clock: Clock,
}

/// A token whose signature is yet to be verified. All else about it was found good, so that only a token that could be
/// good costs a signature, or makes the server ask for keys.
struct Unverified<'a> {
    fingerprint: Fingerprint,
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
        Self { settings, keys, memory, clock }
    }

    fn read<'a>(&self, token: &'a str, fingerprint: Fingerprint) -> Result<Unverified<'a>, &'static str> {
        let parts = Parts::of(token)?;
        let header = Header::read(&parts.header, &self.settings.algorithms)?;
        let named = self.settings.check(&parts.claims, self.clock.now())?;
        Ok(Unverified { fingerprint, header, named, signed: parts.signed, signature: parts.signature })
    }

    fn verify(&self, token: &Unverified<'_>, key: Result<FoundKey, NoKey>) -> SignedIn {
        let key = key.map_err(|no| match no {
            NoKey::Unknown => rejected("no key of the issuer has this id and algorithm"),
            NoKey::NotLoaded => Challenge::unavailable("the keys of the issuer could not be loaded"),
        })?;
        if !key.verifies(token.header.algorithm, token.signed.as_bytes(), &token.signature) {
            return Err(rejected("the signature does not match"));
        }
        // The token may have waited for the key.
        let now = self.clock.now();
        if now >= token.named.ends {
            return Err(rejected("the token has expired"));
        }
        self.memory.keep(token.fingerprint, &token.named, now, key.generation);
        Ok(token.named.principal.clone())
    }
}

impl SignIn for AccessTokenSignIn {
    fn sign_in<'a>(&'a self, request: RequestHead<'a>) -> SigningIn<'a> {
        let token = match self.token(request) {
            Ok(Some(token)) => token,
            Ok(None) => return signed_in(Ok(Principal::anonymous())),
            Err(reason) => return signed_in(Err(rejected(reason))),
        };
        let fingerprint = Fingerprint::of(token);
        let remembered =
            self.keys.generation().and_then(|it| self.memory.recall(fingerprint, self.clock.now(), it));
        let bearing = |principal: Principal| principal.with_subject_token(token.into());
        if let Some(principal) = remembered {
            return signed_in(Ok(bearing(principal)));
        }
        let unverified = match self.read(token, fingerprint) {
            Ok(unverified) => unverified,
            Err(reason) => return signed_in(Err(rejected(reason))),
        };
        let found = self.keys.get(&unverified.header.key_id, unverified.header.algorithm);
        if found.is_ok() {
            return signed_in(self.verify(&unverified, found).map(bearing));
        }
        let later = async move {
            let found = self.keys.find(&unverified.header.key_id, unverified.header.algorithm).await;
            self.verify(&unverified, found).map(bearing)
        };
        Either::Right(later.boxed())
    }

    fn reads(&self) -> Vec<HeaderName> {
        vec![AUTHORIZATION]
    }

    fn brings_tokens(&self) -> bool {
        true
    }

    fn maintain(&self) -> BoxFuture<'_, ()> {
        self.keys.maintain().boxed()
    }
}

impl AccessTokenSignIn {
    fn token<'a>(&self, request: RequestHead<'a>) -> Result<Option<&'a str>, &'static str> {
        let Some(value) = authorization::only(request.headers, &AUTHORIZATION)? else { return Ok(None) };
        let token =
            authorization::of_scheme(value, "Bearer").ok_or("the credential is not a bearer token")?;
        if token.len() > self.settings.max_bytes {
            return Err("the token is too long");
        }
        Ok(Some(token))
    }
}

/// One answer for every bad token, so that nobody can feel their way to a better one (RFC 6750, section 3.1).
const fn rejected(reason: &'static str) -> Challenge {
    Challenge::rejected("Bearer error=\"invalid_token\"", reason)
}
