//! `POST /auth/logout` ends the session of a browser.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde_json::json;

use super::answer;
use crate::oidc::cookie;
use crate::oidc::sign_in::OidcSignIn;
use crate::session::{SessionError, SessionId};

/// Ends the session, here and in the tokens of the provider. Returns the URL at which the page can end the session at the
/// provider as well; null if there was no session, or the provider offers no logout.
pub(super) async fn post(State(sign_in): State<Arc<OidcSignIn>>, headers: HeaderMap) -> Response {
    let location = match cookie::session(&headers) {
        Ok(Some(id)) => match end(&sign_in, &id).await {
            Ok(location) => location,
            Err(error) => return answer::unavailable(&error),
        },
        Ok(None) | Err(_) => None,
    };
    answer::without_session(answer::json(StatusCode::OK, &json!({ "location": location })))
}

async fn end(sign_in: &OidcSignIn, id: &SessionId) -> Result<Option<String>, SessionError> {
    let ended = sign_in.end(id).await?;
    Ok(ended.and_then(|tokens| sign_in.provider.end_session(&tokens.id_token)).map(Into::into))
}
