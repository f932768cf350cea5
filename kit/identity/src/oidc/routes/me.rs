//! `GET /auth/me` tells a page who is signed in.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde_json::json;

use super::answer;
use crate::oidc::cookie;
use crate::oidc::sign_in::OidcSignIn;
use crate::oidc::visitor::{self, Visitor};

/// Returns the user and the times of the session; a null user without a session. The cookie of a session that has ended
/// is taken away, so that the browser is a guest's from then on, and so is one of a visitor that holds none.
pub(super) async fn get(State(sign_in): State<Arc<OidcSignIn>>, headers: HeaderMap) -> Response {
    let nobody = || {
        let response = answer::json(StatusCode::OK, &json!({ "user": null }));
        let is_bad = sign_in.has_visitors && Visitor::of(&headers).is_err();
        answer::with_cookies(response, is_bad.then(|| cookie::forget(visitor::COOKIE)).flatten())
    };
    let id = match cookie::session(&headers) {
        Ok(Some(id)) => id,
        Ok(None) => return nobody(),
        Err(_) => return answer::without_session(nobody()),
    };
    let opened = match sign_in.open(&id).await {
        Ok(Some(opened)) => opened,
        Ok(None) => return answer::without_session(nobody()),
        Err(error) => return answer::unavailable(&error),
    };
    let session = json!({
        "started": opened.session.started.to_string(),
        "expires": sign_in.sessions.ends(&opened.session).to_string(),
    });
    answer::json(StatusCode::OK, &json!({ "user": { "id": opened.user }, "session": session }))
}
