//! The routes of a login. `answer` makes all answers: no cache keeps one, and none says what the provider said.

mod answer;
mod backchannel;
mod callback;
mod login;
mod logout;
mod me;
mod parameters;
mod sessions;
mod visit;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::map_response;
use axum::routing::{delete, get, post};

use super::sign_in::OidcSignIn;

/// Upper bound on the bytes of a form.
const MAX_FORM_BYTES: usize = 64 * 1024;

pub(super) fn all(sign_in: Arc<OidcSignIn>) -> Router {
    Router::new()
        .route("/auth/login", get(login::get))
        .route("/auth/callback", get(callback::get))
        .route("/auth/me", get(me::get))
        .route("/auth/logout", post(logout::post))
        .route("/auth/sessions", get(sessions::get).delete(sessions::delete_all))
        .route("/auth/sessions/{handle}", delete(sessions::delete))
        .route("/auth/visit", post(visit::post))
        .route("/auth/backchannel-logout", post(backchannel::post))
        .layer(DefaultBodyLimit::max(MAX_FORM_BYTES))
        .layer(map_response(answer::no_store))
        .with_state(sign_in)
}
