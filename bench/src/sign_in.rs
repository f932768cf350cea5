//! The sign-in of the servers written by hand: access tokens, verified once a minute each.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use http::HeaderMap;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;

/// Time for which a verified token is known.
const KNOWN: Duration = Duration::from_mins(1);

/// Most tokens that are known.
const MOST: usize = 10_000;

/// Verifier of access tokens.
pub struct SignIn {
    key: DecodingKey,
    validation: Validation,
    known: Mutex<HashMap<String, (Instant, Arc<str>)>>,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
}

impl SignIn {
    /// Loads the key of an issuer, such as `127.0.0.1:7001`.
    pub async fn load(issuer: &str) -> anyhow::Result<Self> {
        let keys = crate::http::get(issuer.parse()?, "/jwks").await?;
        let keys: JwkSet = serde_json::from_slice(&keys)?;
        let key = keys.keys.first().context("the issuer has no key")?;
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_audience(&[crate::AUDIENCE]);
        validation.set_issuer(&[format!("http://{issuer}")]);
        Ok(Self { key: DecodingKey::from_jwk(key)?, validation, known: Mutex::default() })
    }

    /// Returns the user of a request; `None` if its token is missing or wrong.
    pub fn user(&self, headers: &HeaderMap) -> Option<Arc<str>> {
        let token = headers.get("authorization")?.to_str().ok()?.strip_prefix("Bearer ")?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if let Some((_, user)) = known.get(token).filter(|(since, _)| now - *since < KNOWN) {
            return Some(user.clone());
        }
        let claims = jsonwebtoken::decode::<Claims>(token, &self.key, &self.validation).ok()?.claims;
        let user: Arc<str> = claims.sub.into();
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(token.to_owned(), (now, user.clone()));
        Some(user)
    }
}
