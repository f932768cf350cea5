//! Logout tokens (OIDC Back-Channel Logout, section 2.6).

use jiff::Timestamp;
use serde_json::Value;

use super::error::Failure;
use super::id_token::LEEWAY;
use crate::algorithm::Algorithm;
use crate::jwks::Jwks;
use crate::jwt::{Object, Parts};

/// The event that makes a token a logout token.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// Longest time between issue and expiry, in seconds: a token is remembered for as long as it could be used again.
const MAX_LIFETIME_S: i64 = 3600;

/// The sessions that the provider wants ended.
#[derive(Debug)]
pub(super) struct Logout {
    /// Identifier of the user; `None` if the token names a session alone.
    pub(super) user: Option<String>,
    /// Session at the provider; `None` for all of the user.
    pub(super) session: Option<String>,
    /// Identifier of the token.
    pub(super) token: String,
    /// Time from which the token is no longer accepted.
    pub(super) ends: Timestamp,
}

/// The party that must have signed a logout token, and the one that it must be for.
pub(super) struct LogoutTokenCheck<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) now: Timestamp,
}

impl LogoutTokenCheck<'_> {
    /// Returns what a token asks for, if the provider has signed it for this server and it is good now. The library
    /// knows no logout tokens.
    pub(super) async fn logout(self, token: &str, keys: &Jwks) -> Result<Logout, Failure> {
        let rejected = Failure::Rejected;
        let parts = Parts::of(token).map_err(rejected)?;
        let header = Object::read(&parts.header);
        let header = header.ok_or(rejected("the header is not an object with distinct names"))?;
        let algorithm = header.text("alg").and_then(Algorithm::of);
        let algorithm = algorithm.ok_or(rejected("the algorithm is not allowed"))?;
        if header.get("typ").is_some() && !header.text("typ").is_some_and(is_logout_token) {
            return Err(rejected("the type is not logout+jwt"));
        }
        if header.get("crit").is_some() {
            return Err(rejected("the header has critical extensions"));
        }
        let key_id = header.text("kid").ok_or(rejected("the header names no key"))?;
        // All else first, so that only a token that could be good makes the server ask for keys.
        let logout = self.claimed(&parts.claims).map_err(rejected)?;
        let key = keys.find(key_id, algorithm).await?;
        if !key.verifies(algorithm, parts.signed.as_bytes(), &parts.signature) {
            return Err(rejected("the signature does not match"));
        }
        Ok(logout)
    }

    fn claimed(&self, json: &[u8]) -> Result<Logout, &'static str> {
        let claims = Object::read(json).ok_or("the claims are not an object with distinct names")?;
        if claims.text("iss") != Some(self.issuer) {
            return Err("the token is of another issuer");
        }
        if !claims.get("aud").is_some_and(|aud| names(aud, self.client_id)) {
            return Err("the token is for another audience");
        }
        let issued = claims.seconds("iat").ok_or("the time of issue is missing or malformed")?;
        let expires = claims.seconds("exp").ok_or("the time of expiry is missing or malformed")?;
        let (now, leeway) = (self.now.as_second(), LEEWAY.as_secs());
        if issued > now + leeway {
            return Err("the token is not valid yet");
        }
        if now >= expires + leeway {
            return Err("the token has expired");
        }
        if expires - issued > MAX_LIFETIME_S {
            return Err("the lifetime of the token is too long");
        }
        if !claims.get("events").and_then(|it| it.get(EVENT)).is_some_and(Value::is_object) {
            return Err("the token is not about a logout");
        }
        // An ID token has one, and must not end sessions.
        if claims.get("nonce").is_some() {
            return Err("the token has a nonce");
        }
        let optional = |name| match claims.get(name) {
            Some(_) => claims.text(name).map(|it| Some(it.to_owned())).ok_or("a claim is not a text"),
            None => Ok(None),
        };
        let (user, session) = (optional("sub")?, optional("sid")?);
        if user.is_none() && session.is_none() {
            return Err("the token names neither user nor session");
        }
        let token = claims.text("jti").ok_or("the token has no identifier")?.to_owned();
        let ends = Timestamp::from_second(expires + leeway).map_err(|_| "the token expires too late")?;
        Ok(Logout { user, session, token, ends })
    }
}

/// Returns true for the type of logout tokens, and for the general one, which many providers write.
fn is_logout_token(typ: &str) -> bool {
    ["logout+jwt", "application/logout+jwt", "JWT"].iter().any(|it| typ.eq_ignore_ascii_case(it))
}

fn names(aud: &Value, client_id: &str) -> bool {
    match aud {
        Value::String(one) => one == client_id,
        Value::Array(list) => list.iter().all(Value::is_string) && list.iter().any(|it| it == client_id),
        _ => false,
    }
}
