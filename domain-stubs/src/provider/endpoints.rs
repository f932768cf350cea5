//! The endpoints of the provider, one module each, and what they share.

pub(super) mod authorize;
mod client_authentication;
mod cookie;
mod form;
mod html;
mod logout;
mod metadata;
mod paths;
mod redirect;
mod reply;
mod revoke;
mod token;
mod userinfo;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};

use super::{authority::Authority, parameters::MAX_BYTES};

/// The routes of a provider.
pub(super) fn routes(authority: Arc<Authority>) -> Router {
    Router::new()
        // OIDC Discovery, section 4, and RFC 8414, section 3: one document under both names.
        .route("/.well-known/openid-configuration", get(metadata::get))
        .route("/.well-known/oauth-authorization-server", get(metadata::get))
        .route(paths::JWKS, get(metadata::jwks))
        .route(paths::AUTHORIZE, get(authorize::get).post(authorize::post))
        .route(paths::TOKEN, post(token::post))
        .route(paths::USERINFO, get(userinfo::get).post(userinfo::get))
        .route(paths::REVOKE, post(revoke::post))
        .route(paths::LOGOUT, get(logout::get).post(logout::post))
        .layer(DefaultBodyLimit::max(MAX_BYTES))
        .with_state(authority)
}
