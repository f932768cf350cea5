//! Answers as HTTP responses.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{ServerError, Value};
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use operation::Code;
use serde::Serialize;

use connections::BodyBytes;

use super::METHODS;
use super::accept::MediaType;
use super::caching::Caching;
use super::rejection::{Rejection, RejectionReason};
use crate::config::HttpProfile;
use gateway::{Answer, Charged, Effect, GET_MUTATION};
use quota::{RATE_LIMIT, RATE_LIMIT_POLICY};
use resolver::runtime::server_error;

/// Status for data with errors beside it, from the draft of GraphQL over HTTP; HTTP itself does not define it.
const PARTIAL_SUCCESS: u16 = 294;

/// Header of an answer that was given before, to the first request with the same idempotency key.
pub(super) const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Writes the answers to one request.
#[derive(Clone, Debug)]
pub(super) struct ResponseWriter {
    pub(super) profile: HttpProfile,
    pub(super) media_type: MediaType,
    pub(super) method: Method,
    /// Headers that identify the principal.
    pub(super) credentials: Arc<[HeaderName]>,
}

/// The body of the answer to a request that never reached the gateway.
#[derive(Serialize)]
struct Rejected {
    errors: Vec<ServerError>,
}

/// Returns the body of the answer to a request that never reached the gateway.
pub(super) fn rejected(rejection: Rejection) -> Bytes {
    json(&Rejected { errors: vec![server_error(rejection.into_error())] })
}

impl ResponseWriter {
    /// Returns an answer of the gateway as a response, and its length in bytes. `left` is what is left of the quota that it
    /// was charged to.
    pub(super) fn answer(&self, answer: &Answer, left: Option<&Charged>) -> (Response, usize) {
        let status = self.status(answer);
        let body = answer.body().clone();
        let length = body.len();
        let caching = Caching::of(&self.method, status, answer, &self.credentials);
        let mut response = self.response(status, body, caching);
        retry_after(&mut response, answer.retry_after);
        // What a cache gives to everybody tells of nobody's quota.
        quota(&mut response, left.filter(|_| !answer.keep.as_ref().is_some_and(|keep| keep.shared)));
        if answer.effect == Effect::Replayed {
            response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
        }
        if let Some(authenticate) = &answer.authenticate {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, authenticate.clone());
        }
        if status == StatusCode::METHOD_NOT_ALLOWED {
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
        }
        (response, length)
    }

    /// Returns the answers to a batch as one response, in the order of the batch. Each answer reports its own outcome;
    /// `delay`, the longest of all, becomes `Retry-After`; `left` is the least that is left of a quota.
    pub(super) fn batch(
        &self,
        answers: &[Bytes],
        delay: Option<Duration>,
        left: Option<&Charged>,
    ) -> Response {
        let mut response = self.response(StatusCode::OK, array(answers), Caching::NONE);
        retry_after(&mut response, delay);
        quota(&mut response, left);
        response
    }

    /// Returns the response to a request that never reached the gateway.
    pub(super) fn rejection(&self, rejection: Rejection) -> Response {
        let status = rejection.status(self.profile);
        let (reason, unread, delay) = (rejection.reason, rejection.leaves_unread(), rejection.retry_after());
        let mut response = self.response(status, rejected(rejection), Caching::NONE);
        response.extensions_mut().insert(reason);
        retry_after(&mut response, delay);
        let headers = response.headers_mut();
        if reason == RejectionReason::Method {
            headers.insert(header::ALLOW, HeaderValue::from_static(METHODS));
        }
        if unread {
            // Otherwise the rest of the body would be read as the next request. HTTP/2 resets the stream instead, and
            // hyper omits the header there.
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }

    /// Returns the status of an answer, by the HTTP profile.
    fn status(&self, answer: &Answer) -> StatusCode {
        let errors = &answer.response.errors;
        let draft = self.profile == HttpProfile::Draft202608;
        if !answer.rejected {
            let partial = draft && !errors.is_empty();
            return if partial { partial_success() } else { StatusCode::OK };
        }
        if errors.first().is_some_and(|error| error.message == GET_MUTATION) {
            return StatusCode::METHOD_NOT_ALLOWED;
        }
        let is = |code: Code| errors.iter().any(|error| has_code(error, code));
        if let Some(status) = of_codes().into_iter().find_map(|(code, status)| is(code).then_some(status)) {
            return status;
        }
        if is(Code::Unauthenticated) {
            StatusCode::UNAUTHORIZED
        } else if is(Code::Forbidden) {
            StatusCode::FORBIDDEN
        } else if is(Code::RateLimited) {
            StatusCode::TOO_MANY_REQUESTS
        } else if is(Code::Internal) {
            StatusCode::INTERNAL_SERVER_ERROR
        } else if draft && !is(Code::ParseFailed) {
            StatusCode::UNPROCESSABLE_ENTITY
        } else if draft || self.media_type == MediaType::GraphqlResponse {
            StatusCode::BAD_REQUEST
        } else {
            StatusCode::OK
        }
    }

    fn response(&self, status: StatusCode, body: Bytes, caching: Caching) -> Response {
        let length = BodyBytes(body.len());
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = status;
        response.extensions_mut().insert(length);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.media_type.content_type()));
        caching.write(&mut response);
        response
    }
}

/// Writes `RateLimit` and `RateLimit-Policy` if the request was charged to a quota.
fn quota(response: &mut Response, left: Option<&Charged>) {
    if let Some(Charged { policy, limit, .. }) = left {
        response.headers_mut().insert(RATE_LIMIT_POLICY, policy.clone());
        response.headers_mut().insert(RATE_LIMIT, limit.clone());
    }
}

/// Writes `Retry-After` if there is a delay: in whole seconds, rounded up, since too late is better than too early.
fn retry_after(response: &mut Response, delay: Option<Duration>) {
    if let Some(delay) = delay {
        let seconds = delay.as_secs() + u64::from(delay.subsec_nanos() > 0);
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
}

/// Statuses of requests that are not accepted, for every profile. Clients that send hashes read the code: to
/// them an unknown document is no failure.
fn of_codes() -> [(Code, StatusCode); 10] {
    [
        (Code::PersistedQueryNotFound, StatusCode::OK),
        (Code::PersistedQueryNotSupported, StatusCode::OK),
        (Code::PersistedQueryHashMismatch, StatusCode::BAD_REQUEST),
        (Code::PersistedQueryNotInList, StatusCode::NOT_FOUND),
        (Code::QueryNotInSafelist, StatusCode::FORBIDDEN),
        (Code::IdAndBody, StatusCode::BAD_REQUEST),
        (Code::IdempotencyKeyReused, StatusCode::UNPROCESSABLE_ENTITY),
        (Code::IdempotencyKeyInUse, StatusCode::CONFLICT),
        (Code::UpstreamUnavailable, StatusCode::SERVICE_UNAVAILABLE),
        (Code::Overloaded, StatusCode::SERVICE_UNAVAILABLE),
    ]
}

fn partial_success() -> StatusCode {
    StatusCode::from_u16(PARTIAL_SUCCESS).expect("a status has three digits")
}

fn has_code(error: &ServerError, code: Code) -> bool {
    let own = error.extensions.as_ref().and_then(|extensions| extensions.get("code"));
    matches!(own, Some(Value::String(own)) if own == code.as_str())
}

/// Returns an array of values that are JSON already.
fn array(items: &[Bytes]) -> Bytes {
    [b"[", &*items.join(&b','), b"]"].concat().into()
}

fn json(body: &impl Serialize) -> Bytes {
    let mut bytes = Vec::with_capacity(4096);
    serde_json::to_writer(&mut bytes, body).expect("a response holds nothing that JSON cannot");
    bytes.into()
}
