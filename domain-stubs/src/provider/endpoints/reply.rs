//! Responses in JSON.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use serde::Serialize;
use serde_json::json;

use crate::provider::error::{Code, Error};

/// A response in JSON that no cache keeps.
pub(super) fn json(body: &impl Serialize) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    let body = serde_json::to_vec(body).expect("what we reply has text keys alone");
    (headers, body).into_response()
}

/// An error (RFC 6749, section 5.2).
pub(super) fn error(error: Error) -> Response {
    let mut response = json(&json!({ "error": error.code.text(), "error_description": error.description }));
    *response.status_mut() = match error.code {
        Code::InvalidClient => StatusCode::UNAUTHORIZED,
        _ => StatusCode::BAD_REQUEST,
    };
    if error.code == Code::InvalidClient {
        let challenge = HeaderValue::from_static("Basic realm=\"clients of the shop\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}
