//! `POST /auth/visit` lets a visitor be known without an account.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, StatusCode};

use super::answer;
use crate::oidc::cookie;
use crate::oidc::error::Failure;
use crate::oidc::sign_in::OidcSignIn;
use crate::oidc::visitor::Visitor;

/// Gives the browser the id of a visitor: 204, also if it has one already, or a session; 404 where visitors are not known.
pub(super) async fn post(State(sign_in): State<Arc<OidcSignIn>>, headers: HeaderMap) -> Response {
    if !sign_in.has_visitors {
        return StatusCode::NOT_FOUND.into_response();
    }
    let done = StatusCode::NO_CONTENT.into_response();
    let is_known = matches!(cookie::only(&headers, cookie::SESSION), Ok(Some(_)))
        || matches!(Visitor::of(&headers), Ok(Some(_)));
    if is_known {
        return done;
    }
    match Visitor::make().and_then(|visitor| visitor.cookie()) {
        Some(cookie) => answer::with_cookies(done, [cookie]),
        None => answer::page(Failure::Unavailable("the system has no randomness to give")),
    }
}
