//! The routes of a login. `answer` makes all answers: no cache keeps one, and none says what the provider said.

mod answer;
mod backchannel;
mod callback;
mod login;
mod logout;
mod me;
mod sessions;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::map_response;
use axum::routing::{delete, get, post};

use super::sign_in::OidcSignIn;

/// Upper bound on the bytes of a form.
const MAX_FORM_BYTES: usize = 64 * 1024;

/// Upper bound on the bytes of the query of a login or callback.
const MAX_QUERY_BYTES: usize = 8 * 1024;

pub(super) fn all(sign_in: Arc<OidcSignIn>) -> Router {
    Router::new()
        .route("/auth/login", get(login::get))
        .route("/auth/callback", get(callback::get))
        .route("/auth/me", get(me::get))
        .route("/auth/logout", post(logout::post))
        .route("/auth/sessions", get(sessions::get).delete(sessions::delete_all))
        .route("/auth/sessions/{handle}", delete(sessions::delete))
        .route("/auth/backchannel-logout", post(backchannel::post))
        .layer(DefaultBodyLimit::max(MAX_FORM_BYTES))
        .layer(map_response(answer::no_store))
        .with_state(sign_in)
}

/// Returns the parameters of a query or form that were asked for, by their names. Fails if it is too long, or if one of
/// them stands twice (RFC 6749, section 3.1). An empty one is absent.
fn parameters<const N: usize>(encoded: &[u8], names: [&str; N]) -> Result<[Option<String>; N], &'static str> {
    let mut found = [const { None }; N];
    for (name, value) in form_urlencoded::parse(encoded) {
        let Some(index) = names.iter().position(|it| *it == name) else { continue };
        if found[index].replace(value.into_owned()).is_some() {
            return Err("a parameter stands twice");
        }
    }
    Ok(found.map(|value| value.filter(|it| !it.is_empty())))
}

/// Does the same for the query of a request.
fn query<const N: usize>(
    query: Option<String>,
    names: [&str; N],
) -> Result<[Option<String>; N], &'static str> {
    let query = query.unwrap_or_default();
    if query.len() > MAX_QUERY_BYTES {
        return Err("the query is too long");
    }
    parameters(query.as_bytes(), names)
}
