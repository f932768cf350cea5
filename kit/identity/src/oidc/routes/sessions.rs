//! `/auth/sessions` lists and ends the sessions of a user, on all their browsers.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, StatusCode};
use serde_json::json;

use super::answer;
use crate::oidc::cookie;
use crate::oidc::sign_in::{OidcSignIn, Opened};
use crate::session::{SessionHandle, SessionId};

/// Returns the sessions of the user, the oldest first.
pub(super) async fn get(State(sign_in): State<Arc<OidcSignIn>>, headers: HeaderMap) -> Response {
    let (id, opened) = match own(&sign_in, &headers).await {
        Ok(own) => own,
        Err(response) => return *response,
    };
    let all = match sign_in.sessions.of(&opened.user).await {
        Ok(all) => all,
        Err(error) => return answer::unavailable(&error),
    };
    let current = id.handle();
    let all = all.into_iter().map(|(handle, session)| {
        json!({
            "handle": handle.to_string(),
            "started": session.started.to_string(),
            "used": session.used.to_string(),
            "current": handle == current,
        })
    });
    answer::json(StatusCode::OK, &json!({ "sessions": all.collect::<Vec<_>>() }))
}

/// Ends one session of the user: 204, or 404 if the user has none of that name. The tokens of another session than that
/// of the request are sealed under an id that is not there: they cannot be revoked, and are deleted with it.
pub(super) async fn delete(
    State(sign_in): State<Arc<OidcSignIn>>,
    Path(handle): Path<String>,
    headers: HeaderMap,
) -> Response {
    let (id, opened) = match own(&sign_in, &headers).await {
        Ok(own) => own,
        Err(response) => return *response,
    };
    let Some(handle) = SessionHandle::parse(&handle) else { return StatusCode::NOT_FOUND.into_response() };
    if handle == id.handle() {
        return end_own(&sign_in, &id).await;
    }
    match sign_in.sessions.revoke(&opened.user, &handle).await {
        Ok(true) => StatusCode::NO_CONTENT.into_response(),
        Ok(false) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => answer::unavailable(&error),
    }
}

/// Ends all sessions of the user, this one included.
pub(super) async fn delete_all(State(sign_in): State<Arc<OidcSignIn>>, headers: HeaderMap) -> Response {
    let (id, opened) = match own(&sign_in, &headers).await {
        Ok(own) => own,
        Err(response) => return *response,
    };
    // The others first: if that fails, the user is still signed in and can try again.
    if let Err(error) = sign_in.sessions.revoke_others(&opened.user, &id).await {
        return answer::unavailable(&error);
    }
    end_own(&sign_in, &id).await
}

async fn end_own(sign_in: &OidcSignIn, id: &SessionId) -> Response {
    match sign_in.end(id).await {
        Ok(_) => answer::without_session(StatusCode::NO_CONTENT.into_response()),
        Err(error) => answer::unavailable(&error),
    }
}

/// Returns the session of a request, or the answer if it presents none that is accepted.
async fn own(sign_in: &OidcSignIn, headers: &HeaderMap) -> Result<(SessionId, Opened), Box<Response>> {
    let id = cookie::session(headers).ok().flatten().ok_or_else(|| Box::new(answer::no_session()))?;
    match sign_in.open(&id).await {
        Ok(Some(opened)) => Ok((id, opened)),
        Ok(None) => Err(Box::new(answer::no_session())),
        Err(error) => Err(Box::new(answer::unavailable(&error))),
    }
}
