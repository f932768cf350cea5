//! An identity provider: a key, its public part, and access tokens for any user.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, get_current_timestamp};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

/// Name of the key.
const KEY_ID: &str = "bench";

/// Time for which a token is valid, in seconds: longer than a run.
const LIFETIME_S: u64 = 4 * 3600;

/// The provider.
pub struct Provider {
    issuer: String,
    signing: EncodingKey,
    jwks: Value,
}

impl Provider {
    /// Makes a provider with a new key.
    pub fn new(issuer: &str) -> Self {
        let (algorithm, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
        let private =
            EcdsaKeyPair::generate_pkcs8(algorithm, &random).expect("the system has random numbers");
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, private.as_ref(), &random)
            .expect("what `ring` has generated it can read");
        // An uncompressed point: the byte 4, then both coordinates.
        let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
        let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
        let jwk = json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "use": "sig", "alg": "ES256", "kid": KEY_ID });
        Self {
            issuer: issuer.to_owned(),
            signing: EncodingKey::from_ec_der(private.as_ref()),
            jwks: json!({ "keys": [jwk] }),
        }
    }

    /// Returns an access token of a user (RFC 9068).
    fn token(&self, user: &str) -> jsonwebtoken::errors::Result<String> {
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some("at+jwt".to_owned());
        header.kid = Some(KEY_ID.to_owned());
        let now = get_current_timestamp();
        let claims = json!({
            "iss": self.issuer, "aud": bench::AUDIENCE, "sub": user, "client_id": "phone", "jti": format!("{user}-1"),
            "iat": now, "exp": now + LIFETIME_S,
        });
        jsonwebtoken::encode(&header, &claims, &self.signing)
    }
}

/// Returns the routes of a provider: `/jwks`, and `/token?user=ID`.
pub fn routes(provider: Arc<Provider>) -> Router {
    Router::new()
        .route("/jwks", get(async |State(provider): State<Arc<Provider>>| Json(provider.jwks.clone())))
        .route("/token", get(token))
        .with_state(provider)
}

async fn token(
    State(provider): State<Arc<Provider>>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<String, StatusCode> {
    let user = query.get("user").ok_or(StatusCode::BAD_REQUEST)?;
    provider.token(user).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}
