//! Answers on the wire.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Serialize;

use super::accept::MediaType;
use crate::error::Error;
use crate::gateway::{Answer, GET_MUTATION, server_error};

/// A GraphQL response without `data`, as a request has it that did not run.
#[derive(Serialize)]
struct Refused<'a> {
    errors: &'a [async_graphql::ServerError],
}

/// An answer of the gateway and its length in bytes.
pub(super) fn answer(media_type: MediaType, answer: &Answer) -> (Response, usize) {
    if !answer.refused {
        return json(media_type, StatusCode::OK, &answer.response);
    }
    let errors = &answer.response.errors;
    let by_get = errors.first().is_some_and(|error| error.message == GET_MUTATION);
    let status = match media_type {
        _ if by_get => StatusCode::METHOD_NOT_ALLOWED,
        MediaType::GraphqlResponse => StatusCode::BAD_REQUEST,
        MediaType::Json => StatusCode::OK,
    };
    let (mut response, bytes) = json(media_type, status, &Refused { errors });
    if by_get {
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
    }
    (response, bytes)
}

/// A request that never reached the gateway.
pub(super) fn refusal(media_type: MediaType, status: StatusCode, error: Error) -> Response {
    json(media_type, status, &Refused { errors: &[server_error(error)] }).0
}

fn json(media_type: MediaType, status: StatusCode, body: &impl Serialize) -> (Response, usize) {
    let mut bytes = Vec::with_capacity(4096);
    serde_json::to_writer(&mut bytes, body).expect("a response holds nothing that JSON cannot");
    let length = bytes.len();
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type.content_type()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.append(header::VARY, HeaderValue::from_static("accept"));
    (response, length)
}
