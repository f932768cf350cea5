//! The claims of the user (OIDC Core, section 5.3).

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde_json::json;

use super::reply;
use crate::provider::{
    authority::Authority,
    scopes::{EMAIL, OPENID, PROFILE, Scopes},
};

/// Returns the claims that the scopes of an access token show.
pub(super) async fn get(State(authority): State<Arc<Authority>>, headers: HeaderMap) -> Response {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return challenge(StatusCode::UNAUTHORIZED, "Bearer");
    };
    let token = value.to_str().ok().and_then(|value| value.split_once(' '));
    let token = token.and_then(|(scheme, token)| scheme.eq_ignore_ascii_case("Bearer").then_some(token));
    let Some(claims) = token.and_then(|token| authority.verify(token)) else {
        return challenge(StatusCode::UNAUTHORIZED, "Bearer error=\"invalid_token\"");
    };
    let scopes = claims.scope.as_deref().and_then(Scopes::parse).unwrap_or_default();
    if !scopes.has(OPENID) {
        return challenge(StatusCode::FORBIDDEN, "Bearer error=\"insufficient_scope\", scope=\"openid\"");
    }
    let mut shown = json!({ "sub": claims.sub });
    if let Some(user) = authority.user(&claims.sub) {
        if scopes.has(PROFILE) {
            shown["name"] = user.name.as_str().into();
            shown["given_name"] = user.given_name.as_str().into();
        }
        if scopes.has(EMAIL) {
            shown["email"] = user.email.as_str().into();
        }
    }
    reply::json(&shown)
}

/// Asks for another token (RFC 6750, section 3).
fn challenge(status: StatusCode, challenge: &'static str) -> Response {
    (status, [(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge))]).into_response()
}
