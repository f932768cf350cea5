//! The rules for the claims of a token.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::settings::AccessTokenSettings;
use crate::claims::Claims;
use crate::jwks::Thumbprint;
use crate::jwt::Object;
use crate::principal::Principal;
use crate::scopes::Scopes;

/// The principal that a token names, if its signature holds.
#[derive(Clone)]
pub(super) struct Named {
    pub(super) principal: Principal,
    /// Key that the sender of the token must have; `None` if whoever has the token may use it.
    pub(super) binding: Option<Thumbprint>,
    /// Time from which the token is no longer accepted, the leeway included.
    pub(super) ends: Timestamp,
}

impl AccessTokenSettings {
    /// Checks the claims of a token at a time (RFC 9068, section 4).
    pub(super) fn check(&self, json: &[u8], now: Timestamp) -> Result<Named, &'static str> {
        let claims = Object::read(json).ok_or("the claims are not an object with distinct names")?;
        if claims.text("iss") != Some(&self.issuer) {
            return Err("the token is of another issuer");
        }
        if !claims.get("aud").is_some_and(|aud| names(aud, &self.audience)) {
            return Err("the token is for another audience");
        }
        // It was given to a server that acts for the user, to be shown to its services (RFC 8693, section 4.1).
        if claims.get("act").is_some() {
            return Err("the token was exchanged");
        }
        for required in ["sub", "client_id", "jti"] {
            claims.text(required).ok_or("a required claim is missing, or not a text")?;
        }
        let expires = self.expiry(&claims, now)?;
        let instant = |seconds| Timestamp::from_second(seconds).map_err(|_| "the token expires too late");
        let user = claims.text(&self.user_claim).filter(|id| id.bytes().all(|it| it.is_ascii_graphic()));
        let principal = Principal::of_user(user.ok_or("the token names no user")?)
            .with_scopes(scopes(&claims).ok_or("the scope is malformed")?)
            .with_claims(self.kept(&claims))
            .with_expiry(instant(expires)?);
        let binding = binding(&claims)?;
        Ok(Named { principal, binding, ends: instant(expires.saturating_add(whole(self.leeway)))? })
    }

    /// Returns the time of expiry, in seconds since 1970, if the token is valid now.
    fn expiry(&self, claims: &Object, now: Timestamp) -> Result<i64, &'static str> {
        let (now, leeway) = (now.as_second(), whole(self.leeway));
        let expires = claims.seconds("exp").ok_or("the time of expiry is missing or malformed")?;
        let issued = claims.seconds("iat").ok_or("the time of issue is missing or malformed")?;
        let starts = match claims.get("nbf") {
            Some(_) => claims.seconds("nbf").ok_or("the time of start is malformed")?,
            None => issued,
        };
        if now >= expires.saturating_add(leeway) {
            return Err("the token has expired");
        }
        if issued.max(starts) > now.saturating_add(leeway) {
            return Err("the token is not valid yet");
        }
        if expires.saturating_sub(issued) > whole(self.max_lifetime) {
            return Err("the lifetime of the token is too long");
        }
        Ok(expires)
    }

    fn kept(&self, claims: &Object) -> Claims {
        let kept =
            self.kept_claims.iter().filter_map(|name| Some((name.as_str(), texts(claims.get(name)?)?)));
        Claims::of(kept)
    }
}

/// Returns true if an `aud` names the audience: alone, or in a list of texts.
fn names(aud: &Value, audience: &str) -> bool {
    texts(aud).is_some_and(|all| all.contains(&audience))
}

/// Returns the texts of a claim that is a text or a list of texts.
fn texts(value: &Value) -> Option<Vec<&str>> {
    match value {
        Value::String(text) => Some(vec![text]),
        Value::Array(list) => list.iter().map(Value::as_str).collect(),
        _ => None,
    }
}

/// Returns the key that a token is bound to (RFC 9449, section 6.1). Another confirmation than `jkt`, alone or beside it,
/// is a demand on the sender that we could not check (RFC 7800, section 3.1), such as a certificate.
fn binding(claims: &Object) -> Result<Option<Thumbprint>, &'static str> {
    let Some(confirmation) = claims.get("cnf") else { return Ok(None) };
    let members = confirmation.as_object().filter(|members| members.len() == 1);
    let thumbprint = members.and_then(|it| it.get("jkt")?.as_str()).and_then(Thumbprint::parse);
    thumbprint.map(Some).ok_or("the token is bound to something else than the thumbprint of a key")
}

fn scopes(claims: &Object) -> Option<Scopes> {
    match claims.get("scope") {
        Some(scope) => Scopes::parse(scope.as_str()?),
        None => Some(Scopes::NONE),
    }
}

fn whole(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}
