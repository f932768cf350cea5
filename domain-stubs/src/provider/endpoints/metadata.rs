//! The documents about the provider: its metadata and its keys.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use serde_json::{Value, json};

use super::{paths, reply};
use crate::provider::{
    authority::Authority,
    keys::ALGORITHM,
    scopes::{EMAIL, OFFLINE_ACCESS, OPENID, PROFILE},
};

/// Returns the metadata (RFC 8414, and OIDC Discovery).
pub(super) async fn get(State(authority): State<Arc<Authority>>) -> Response {
    reply::json(&metadata(&authority.issuer))
}

/// Returns the keys that verify tokens (RFC 7517). No cache keeps them, so that a rotation is seen at once.
pub(super) async fn jwks(State(authority): State<Arc<Authority>>) -> Response {
    reply::json(&authority.keys.jwks())
}

fn metadata(issuer: &str) -> Value {
    let at = |path| format!("{issuer}{path}");
    let authentication = ["client_secret_basic", "client_secret_post", "none"];
    json!({
        "issuer": issuer,
        "authorization_endpoint": at(paths::AUTHORIZE),
        "token_endpoint": at(paths::TOKEN),
        "userinfo_endpoint": at(paths::USERINFO),
        "jwks_uri": at(paths::JWKS),
        "end_session_endpoint": at(paths::LOGOUT),
        "revocation_endpoint": at(paths::REVOKE),
        // Every other scope is granted too.
        "scopes_supported": [OPENID, PROFILE, EMAIL, OFFLINE_ACCESS],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": [
            "authorization_code",
            "refresh_token",
            "client_credentials",
            "urn:ietf:params:oauth:grant-type:token-exchange",
        ],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "token_endpoint_auth_methods_supported": authentication,
        "revocation_endpoint_auth_methods_supported": authentication,
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "claims_supported": [
            "iss", "aud", "sub", "iat", "exp", "auth_time", "sid", "nonce", "name", "given_name", "email",
        ],
        "prompt_values_supported": ["none", "login", "select_account"],
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
    })
}
