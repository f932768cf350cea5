//! Answers of the routes.

use axum::response::{IntoResponse as _, Response};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, SET_COOKIE, WWW_AUTHENTICATE,
};
use http::{HeaderValue, StatusCode};
use serde_json::Value;

use crate::challenge::Challenge;
use crate::oidc::cookie;
use crate::oidc::error::Failure;
use crate::oidc::sign_in::rejected;
use crate::session::SessionError;

/// Page of a login that cannot go on. The same for every reason: the log has it.
const FAILED: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Sign-in failed</title>\n\
    <h1>Sign-in failed</h1>\n<p>You are not signed in. <a href=\"/auth/login\">Try again</a></p>\n</html>\n";

/// Page of a login that cannot go on now.
const UNAVAILABLE: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
    <title>Sign-in unavailable</title>\n<h1>Sign-in unavailable</h1>\n\
    <p>Signing in is not possible right now. <a href=\"/auth/login\">Try again</a></p>\n</html>\n";

/// Marks an answer as one that no cache keeps.
pub(super) async fn no_store(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Sends the browser to a URL, with GET.
pub(super) fn redirect(url: &str) -> Response {
    match HeaderValue::from_str(url) {
        Ok(url) => (StatusCode::SEE_OTHER, [(LOCATION, url)]).into_response(),
        Err(_) => page(Failure::Rejected("a URL to go to is malformed")),
    }
}

/// Returns the page of a login that has failed: 503 if the provider cannot be reached, 400 otherwise.
pub(super) fn page(failure: Failure) -> Response {
    let (status, text) = match failure {
        Failure::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, UNAVAILABLE),
        Failure::InvalidGrant | Failure::Rejected(_) => (StatusCode::BAD_REQUEST, FAILED),
    };
    tracing::info!(status = status.as_u16(), reason = failure.reason(), "a sign-in failed");
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ];
    (status, headers, text).into_response()
}

/// Returns an answer in JSON.
pub(super) fn json(status: StatusCode, body: &Value) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

/// Returns the answer to a request that needs a session and presents none that is accepted.
pub(super) fn no_session() -> Response {
    challenge(&rejected("a session is needed"))
}

/// Returns the answer to a request whose session cannot be read now.
pub(super) fn unavailable(error: &SessionError) -> Response {
    tracing::warn!(%error, "the sessions could not be read or changed");
    challenge(&Challenge::unavailable("the sessions could not be read or changed"))
}

fn challenge(challenge: &Challenge) -> Response {
    let mut response = json(challenge.status(), &serde_json::json!({ "error": challenge.message() }));
    if let Some(authenticate) = challenge.authenticate() {
        response.headers_mut().insert(WWW_AUTHENTICATE, authenticate.clone());
    }
    response
}

/// Adds cookies to an answer.
pub(super) fn with_cookies(
    mut response: Response,
    cookies: impl IntoIterator<Item = HeaderValue>,
) -> Response {
    for cookie in cookies {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// Takes the cookie of the session away from the browser.
pub(super) fn without_session(response: Response) -> Response {
    with_cookies(response, cookie::forget(cookie::SESSION))
}
