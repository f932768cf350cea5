//! Verification of credentials: their signature, issuer, audience and lifetime.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use http::{HeaderMap, header};
use jsonwebtoken::{
    Algorithm, DecodingKey, Header, TokenData, Validation,
    jwk::{JwkSet, KeyAlgorithm},
};
use serde::Deserialize;

use super::{AUDIENCE, Caller, Claims, LEEWAY_SECONDS, MAX_LIFETIME_SECONDS, Permissions, TYPE};
use crate::{clock::Clock, refusal::Refusal};

/// Verifies the credentials of some issuers: each with its own public keys, or all with one shared key.
pub(crate) struct Verifier {
    shared: DecodingKey,
    /// Public keys, by their issuer.
    public: BTreeMap<String, JwkSet>,
    issuers: Vec<String>,
    permissions: Option<Permissions>,
    clock: Clock,
}

impl Verifier {
    /// Creates a verifier. With permissions, each issuer may call the RPCs that these say alone.
    pub(crate) fn new(
        key: &str,
        key_sets: &BTreeMap<String, String>,
        issuers: Vec<String>,
        permissions: Option<Permissions>,
        clock: Clock,
    ) -> Self {
        // A set that cannot be read verifies nothing.
        let set = |text: &String| serde_json::from_str(text).unwrap_or(JwkSet { keys: Vec::new() });
        let public = key_sets.iter().map(|(issuer, text)| (issuer.clone(), set(text))).collect();
        Self { shared: DecodingKey::from_secret(key.as_bytes()), public, issuers, permissions, clock }
    }

    /// Reads and verifies `authorization: Bearer <JWT>`, for a call of this RPC.
    pub(crate) fn verify(&self, headers: &HeaderMap, rpc: &str) -> Result<Caller, Refusal> {
        let token = bearer(headers)?;
        let (key, algorithm) = self.key(token)?;
        let mut validation = Validation::new(algorithm);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["aud", "exp", "iss"]);
        // The library would use the machine's clock; `check_times` uses ours.
        validation.validate_exp = false;
        let TokenData { header, claims } = jsonwebtoken::decode::<Claims>(token, &key, &validation)
            .map_err(|error| invalid(format!("the credential is invalid: {error}")))?;
        check_header(&header)?;
        self.check_issuer(&claims.iss)?;
        check_subject(&claims)?;
        self.check_times(&claims)?;
        if let Some(permissions) = &self.permissions {
            permissions.check(&claims.iss, rpc)?;
        }
        Ok(Caller { issuer: claims.iss, subject: claims.sub, actor: claims.actor })
    }

    /// Returns the key that is to have signed a token, and the one algorithm that it is for: a key of the issuer that the
    /// token names. Nothing in the token is trusted before.
    fn key(&self, token: &str) -> Result<(Cow<'_, DecodingKey>, Algorithm), Refusal> {
        #[derive(Deserialize)]
        struct Named {
            #[serde(default)]
            iss: serde_json::Value,
        }
        let unreadable = |error| invalid(format!("the credential is invalid: {error}"));
        let named = jsonwebtoken::dangerous::insecure_decode::<Named>(token).map_err(unreadable)?;
        let Some(keys) = named.claims.iss.as_str().and_then(|issuer| self.public.get(issuer)) else {
            return Ok((Cow::Borrowed(&self.shared), Algorithm::HS256));
        };
        let id = named.header.kid.as_deref();
        let key = id.and_then(|id| keys.find(id)).ok_or_else(|| invalid("the issuer has no such key"))?;
        let algorithm = match key.common.key_algorithm {
            Some(KeyAlgorithm::EdDSA) => Algorithm::EdDSA,
            Some(KeyAlgorithm::ES256) => Algorithm::ES256,
            _ => return Err(invalid("the key is for no algorithm of credentials")),
        };
        Ok((Cow::Owned(DecodingKey::from_jwk(key).map_err(unreadable)?), algorithm))
    }

    fn check_issuer(&self, issuer: &str) -> Result<(), Refusal> {
        if self.issuers.iter().any(|known| known == issuer) {
            return Ok(());
        }
        let problem = format!("{issuer:?} is not one of the known BFFs: {}", self.issuers.join(", "));
        Err(Refusal::unauthenticated("CREDENTIAL_ISSUER_UNKNOWN", problem))
    }

    fn check_times(&self, claims: &Claims) -> Result<(), Refusal> {
        let now = self.clock.now().as_second();
        let Claims { iat, exp, .. } = *claims;
        if exp.saturating_add(LEEWAY_SECONDS) < now {
            return Err(Refusal::unauthenticated("CREDENTIAL_EXPIRED", "the credential has expired"));
        }
        let beginning = claims.nbf.map_or(iat, |nbf| nbf.max(iat));
        if beginning > now.saturating_add(LEEWAY_SECONDS) {
            let problem = "the credential is not valid yet";
            return Err(Refusal::unauthenticated("CREDENTIAL_NOT_YET_VALID", problem));
        }
        match exp.checked_sub(iat) {
            Some(1..=MAX_LIFETIME_SECONDS) => Ok(()),
            Some(..=0) => Err(invalid("the credential ends before it begins")),
            _ => {
                Err(invalid(format!("the credential is valid for more than {MAX_LIFETIME_SECONDS} seconds")))
            }
        }
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").field("issuers", &self.issuers).finish_non_exhaustive()
    }
}

/// The bearer token of a request, which must carry exactly one credential.
fn bearer(headers: &HeaderMap) -> Result<&str, Refusal> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values
        .next()
        .ok_or_else(|| Refusal::unauthenticated("CREDENTIAL_MISSING", "the call carries no credential"))?;
    if values.next().is_some() {
        return Err(invalid("the call carries several credentials"));
    }
    let token = value.to_str().ok().and_then(|value| value.strip_prefix("Bearer "));
    token.ok_or_else(|| invalid("the credential is not a bearer token"))
}

/// Rejects a token of another type, which was signed for another purpose, and one with critical
/// extensions, because none are known.
fn check_header(header: &Header) -> Result<(), Refusal> {
    if header.typ.as_deref() != Some(TYPE) {
        return Err(invalid(format!("the type (`typ`) of the credential is not {TYPE}")));
    }
    if header.crit.is_some() {
        return Err(invalid("the credential has critical extensions (`crit`), of which none is known"));
    }
    Ok(())
}

fn check_subject(claims: &Claims) -> Result<(), Refusal> {
    match (claims.sub.as_deref(), claims.actor) {
        (Some(""), _) => Err(invalid("the subject (`sub`) of the credential is empty")),
        (Some(_), None) | (None, Some(_)) => {
            Err(invalid("the credential has one of `sub` and `actor` without the other"))
        }
        (Some(_), Some(_)) | (None, None) => Ok(()),
    }
}

fn invalid(problem: impl Into<String>) -> Refusal {
    Refusal::unauthenticated("CREDENTIAL_INVALID", problem)
}
