//! The endpoints of the provider, one module each.

mod metadata;

use std::sync::Arc;

use axum::{
    Router,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::Value;

use super::authority::Authority;

/// Paths of the endpoints. The metadata names them, and the routes serve them.
mod paths {
    pub(super) const AUTHORIZE: &str = "/authorize";
    pub(super) const JWKS: &str = "/jwks";
    pub(super) const LOGOUT: &str = "/logout";
    pub(super) const REVOKE: &str = "/revoke";
    pub(super) const TOKEN: &str = "/token";
    pub(super) const USERINFO: &str = "/userinfo";
}

/// The routes of a provider.
pub(super) fn routes(authority: Arc<Authority>) -> Router {
    Router::new()
        // OpenID Connect Discovery, section 4, and RFC 8414, section 3: one document under both names.
        .route("/.well-known/openid-configuration", get(metadata::get))
        .route("/.well-known/oauth-authorization-server", get(metadata::get))
        .route(paths::JWKS, get(metadata::jwks))
        .with_state(authority)
}

/// A response in JSON that no cache keeps.
fn json(body: &Value) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, body.to_string()).into_response()
}
