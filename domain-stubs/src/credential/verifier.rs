//! Verification of credentials: their signature, issuer, audience and lifetime.

use std::fmt;

use http::{HeaderMap, header};
use jsonwebtoken::{Algorithm, DecodingKey, Header, TokenData, Validation};

use super::{AUDIENCE, Caller, Claims, LEEWAY_SECONDS, MAX_LIFETIME_SECONDS, TYPE};
use crate::{clock::Clock, refusal::Refusal};

/// Verifies the credentials of some issuers, signed with one key.
pub(crate) struct Verifier {
    key: DecodingKey,
    validation: Validation,
    issuers: Vec<String>,
    clock: Clock,
}

impl Verifier {
    pub(crate) fn new(key: &str, issuers: Vec<String>, clock: Clock) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["aud", "exp", "iss"]);
        // The library would use the machine's clock; `check_times` uses ours.
        validation.validate_exp = false;
        Self { key: DecodingKey::from_secret(key.as_bytes()), validation, issuers, clock }
    }

    /// Reads and verifies `authorization: Bearer <JWT>`.
    pub(crate) fn verify(&self, headers: &HeaderMap) -> Result<Caller, Refusal> {
        let TokenData { header, claims } =
            jsonwebtoken::decode::<Claims>(bearer(headers)?, &self.key, &self.validation)
                .map_err(|error| invalid(format!("the credential is invalid: {error}")))?;
        check_header(&header)?;
        self.check_issuer(&claims.iss)?;
        check_subject(&claims)?;
        self.check_times(&claims)?;
        Ok(Caller { issuer: claims.iss, subject: claims.sub, actor: claims.actor })
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
