//! Verification of credentials: their signature, issuer, audience and lifetime.

use std::{borrow::Cow, collections::BTreeMap, fmt, sync::Arc};

use http::{HeaderMap, header};
use jsonwebtoken::{
    Algorithm, DecodingKey, Header, TokenData, Validation,
    jwk::{JwkSet, KeyAlgorithm},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    Caller, Claims, KeySet, LEEWAY_SECONDS, MAX_LIFETIME_SECONDS, Permissions, TYPE,
    exchanged::{self, Exchanged},
};
use crate::{clock::Clock, refusal::Refusal};

/// Verifies the credentials that BFFs sign, each with its own keys or all with one shared key, and those that identity
/// providers have given them.
pub(crate) struct Verifier {
    shared: DecodingKey,
    /// Key sets of BFFs and of identity providers, by their issuer.
    key_sets: BTreeMap<String, KeySet>,
    /// The BFFs.
    issuers: Vec<String>,
    permissions: Option<Permissions>,
    clock: Clock,
}

/// The issuer that a token names.
#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    iss: Value,
}

/// The times of a credential, in seconds since 1970.
#[derive(Deserialize)]
struct Times {
    iat: i64,
    nbf: Option<i64>,
    exp: i64,
}

impl Verifier {
    /// Creates a verifier. With permissions, each BFF may call the RPCs that these say alone.
    pub(crate) fn new(
        key: &str,
        key_sets: BTreeMap<String, KeySet>,
        issuers: Vec<String>,
        permissions: Option<Permissions>,
        clock: Clock,
    ) -> Self {
        Self { shared: DecodingKey::from_secret(key.as_bytes()), key_sets, issuers, permissions, clock }
    }

    /// Reads and verifies `authorization: Bearer <JWT>`, for a call of this RPC.
    pub(crate) fn verify(&self, headers: &HeaderMap, rpc: &str) -> Result<Caller, Refusal> {
        let token = bearer(headers)?;
        let (named, keys) = self.named(token)?;
        let (key, algorithm) = self.key(&named, keys.as_deref())?;
        let mut validation = Validation::new(algorithm);
        // It is for the one service that is called.
        validation.set_audience(&[rpc.split_once('/').map_or(rpc, |(service, _)| service)]);
        validation.set_required_spec_claims(&["aud", "exp", "iss"]);
        // The library would use the machine's clock; `check_times` uses ours.
        validation.validate_exp = false;
        let TokenData { claims, .. } = jsonwebtoken::decode::<Value>(token, &key, &validation)
            .map_err(|error| invalid(format!("the credential is invalid: {error}")))?;
        check_audience(&claims)?;
        let is_exchanged = keys.is_some() && !self.is_bff(&named.claims);
        check_header(&named.header, if is_exchanged { exchanged::TYPE } else { TYPE })?;
        let caller = if is_exchanged {
            read::<Exchanged>(&claims)?.caller().map_err(invalid)?
        } else {
            signed(read(&claims)?)?
        };
        self.check_issuer(&caller.issuer)?;
        self.check_times(&read(&claims)?)?;
        if let Some(permissions) = &self.permissions {
            permissions.check(&caller.issuer, rpc)?;
        }
        Ok(caller)
    }

    /// The header and issuer of a token that is not yet verified, and the keys of that issuer. Nothing else in it is read.
    fn named(&self, token: &str) -> Result<(TokenData<Named>, Option<Arc<JwkSet>>), Refusal> {
        let named = jsonwebtoken::dangerous::insecure_decode::<Named>(token)
            .map_err(|error| invalid(format!("the credential is invalid: {error}")))?;
        let keys = named.claims.iss.as_str().and_then(|issuer| self.key_sets.get(issuer));
        let keys = keys.map(KeySet::keys);
        Ok((named, keys))
    }

    /// Returns the key that is to have signed a token, and the one algorithm that it is for.
    fn key(
        &self,
        named: &TokenData<Named>,
        keys: Option<&JwkSet>,
    ) -> Result<(Cow<'_, DecodingKey>, Algorithm), Refusal> {
        let Some(keys) = keys else { return Ok((Cow::Borrowed(&self.shared), Algorithm::HS256)) };
        let id = named.header.kid.as_deref();
        let key = id.and_then(|id| keys.find(id)).ok_or_else(|| invalid("the issuer has no such key"))?;
        let algorithm = match key.common.key_algorithm {
            Some(KeyAlgorithm::EdDSA) => Algorithm::EdDSA,
            Some(KeyAlgorithm::ES256) => Algorithm::ES256,
            _ => return Err(invalid("the key is for no algorithm of credentials")),
        };
        let key = DecodingKey::from_jwk(key)
            .map_err(|error| invalid(format!("the credential is invalid: {error}")))?;
        Ok((Cow::Owned(key), algorithm))
    }

    fn is_bff(&self, named: &Named) -> bool {
        named.iss.as_str().is_some_and(|issuer| self.issuers.iter().any(|bff| bff == issuer))
    }

    fn check_issuer(&self, issuer: &str) -> Result<(), Refusal> {
        if self.issuers.iter().any(|known| known == issuer) {
            return Ok(());
        }
        let problem = format!("{issuer:?} is not one of the known BFFs: {}", self.issuers.join(", "));
        Err(Refusal::unauthenticated("CREDENTIAL_ISSUER_UNKNOWN", problem))
    }

    fn check_times(&self, times: &Times) -> Result<(), Refusal> {
        let now = self.clock.now().as_second();
        let Times { iat, nbf, exp } = *times;
        if exp.saturating_add(LEEWAY_SECONDS) < now {
            return Err(Refusal::unauthenticated("CREDENTIAL_EXPIRED", "the credential has expired"));
        }
        let beginning = nbf.map_or(iat, |nbf| nbf.max(iat));
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
fn check_header(header: &Header, expected: &str) -> Result<(), Refusal> {
    if header.typ.as_deref() != Some(expected) {
        return Err(invalid(format!("the type (`typ`) of the credential is not {expected}")));
    }
    if header.crit.is_some() {
        return Err(invalid("the credential has critical extensions (`crit`), of which none is known"));
    }
    Ok(())
}

/// Rejects a token for several audiences: each of them could use it at the others.
fn check_audience(claims: &Value) -> Result<(), Refusal> {
    if claims["aud"].is_string() {
        Ok(())
    } else {
        Err(invalid("the credential has several audiences (`aud`)"))
    }
}

/// The caller that a credential of a BFF names.
fn signed(claims: Claims) -> Result<Caller, Refusal> {
    match (claims.sub.as_deref(), claims.actor) {
        (Some(""), _) => Err(invalid("the subject (`sub`) of the credential is empty")),
        (Some(_), None) | (None, Some(_)) => {
            Err(invalid("the credential has one of `sub` and `actor` without the other"))
        }
        (Some(_), Some(_)) | (None, None) => {
            Ok(Caller { issuer: claims.iss, subject: claims.sub, actor: claims.actor })
        }
    }
}

fn read<T: DeserializeOwned>(claims: &Value) -> Result<T, Refusal> {
    T::deserialize(claims).map_err(|error| invalid(format!("the credential is invalid: {error}")))
}

fn invalid(problem: impl Into<String>) -> Refusal {
    Refusal::unauthenticated("CREDENTIAL_INVALID", problem)
}
