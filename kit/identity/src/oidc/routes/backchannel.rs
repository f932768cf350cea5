//! `POST /auth/backchannel-logout`, by which the provider ends sessions (OIDC Back-Channel Logout, section 2.5).

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::StatusCode;
use serde_json::json;

use super::answer;
use super::parameters::parameters;
use crate::oidc::error::Failure;
use crate::oidc::logout_token::Logout;
use crate::oidc::sign_in::OidcSignIn;
use crate::session::{SessionError, hashed};

/// Ends the sessions that a logout token names: 200, or 400 if the token is not accepted or the sessions could not be
/// ended, so that the provider may try again.
pub(super) async fn post(State(sign_in): State<Arc<OidcSignIn>>, form: Bytes) -> Response {
    match end(&sign_in, &form).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(reason) => {
            tracing::warn!(reason, "a logout of the provider was rejected");
            answer::json(StatusCode::BAD_REQUEST, &json!({ "error": "invalid_request" }))
        }
    }
}

async fn end(sign_in: &OidcSignIn, form: &[u8]) -> Result<(), &'static str> {
    let [token] = parameters(form, ["logout_token"])?;
    let token = token.ok_or("the form has no logout token")?;
    let now = sign_in.sessions.clock().now();
    let logout = sign_in.provider.logout(&token, now).await.map_err(Failure::reason)?;
    let key = format!("logout-token:{}", hashed(&logout.token));
    let failed = |error| {
        tracing::warn!(%error, "the sessions could not be ended");
        "the sessions could not be ended"
    };
    let store = sign_in.sessions.store();
    if store.get(&key).await.map_err(|error| failed(error.into()))?.is_some() {
        return Err("the token was used before");
    }
    revoke(sign_in, &logout).await.map_err(failed)?;
    // Last, so that a token whose sessions could not be ended can be sent again.
    let keep = Duration::try_from(logout.ends.duration_since(now)).unwrap_or_default();
    match store.insert(&key, Bytes::from_static(b"used"), keep).await {
        Ok(None) => Ok(()),
        Ok(Some(_)) => Err("the token was used before"),
        Err(error) => Err(failed(error.into())),
    }
}

async fn revoke(sign_in: &OidcSignIn, logout: &Logout) -> Result<(), SessionError> {
    match (&logout.session, &logout.user) {
        (Some(session), user) => sign_in.sessions.revoke_group(session, user.as_deref()).await,
        (None, Some(user)) => sign_in.sessions.revoke_all(user).await,
        (None, None) => Ok(()),
    }
}
