//! The outcome of a request.

use std::sync::OnceLock;
use std::time::Duration;

use admission::Shed;
use async_graphql::{Response, ServerError};
use bytes::Bytes;
use http::HeaderValue;
use identity::{Challenge, ChallengeKind};
use operation::{Code, Prepared, request_error};
use quota::Rejection;
use serde::Serialize;

use crate::explain::Analysis;
use crate::limit::retry_after;
use resolver::Error;
use resolver::runtime::{bounded, server_error};

/// The outcome of a request.
#[derive(Debug, Default)]
pub struct Answer {
    /// The GraphQL response; without data if a program wrote that.
    pub response: Response,
    /// The data, as JSON, if a program wrote it.
    pub data: Option<Bytes>,
    /// True if the request failed before any of it ran: the answer then has no `data`.
    pub rejected: bool,
    /// Name of the operation, as the request or the document gives it; `None` if neither does.
    pub operation_name: Option<String>,
    /// Number of calls that were made to services.
    pub calls: usize,
    /// True if a call was given up at its time: the answer would have taken longer.
    pub cut_short: bool,
    /// Change that was made for the answer.
    pub effect: Effect,
    /// The calls that were made; `None` if the request did not want them reported.
    pub analysis: Option<Analysis>,
    /// True if the answer depends on the principal.
    pub private: bool,
    /// Delay before a retry, as told by a service whose data is missing; `None` if no service told one.
    pub retry_after: Option<Duration>,
    /// Cacheability of the answer; `None` if the answer may not be kept.
    pub keep: Option<Cacheability>,
    /// Value of `WWW-Authenticate`; `None` if the credential of the request is not what is wrong with it.
    pub authenticate: Option<HeaderValue>,
    /// The serialized answer, once it was needed.
    pub body: OnceLock<Bytes>,
}

/// Message to a client whose request the server has no time for.
pub const SHED: &str = "The server has more work than it can do; try again in a moment.";

/// Change that was made for an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Effect {
    /// Nothing was changed.
    #[default]
    None,
    /// A service has changed something, or it may have, and must not be called again to find out.
    Changed,
    /// The change was made for an earlier request with the same idempotency key, which got this answer first.
    Replayed,
}

/// Permission to keep an answer: by which caches, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cacheability {
    /// True if any client may get the answer; false if only this client may.
    pub shared: bool,
    /// Time for which the answer may be kept, in seconds.
    pub max_age_s: u64,
    /// Additional time for which a stale answer is better than none, in seconds.
    pub stale_s: u64,
    /// True if the answer depends on the languages that the client accepts.
    pub by_language: bool,
    /// Services and entities that the answer is about.
    pub tags: Vec<String>,
}

/// Limits the number of errors in a response, so that one wrong field of a long list does not become a long list of
/// errors.
pub(crate) fn bound(response: &mut Response) {
    let (errors, omitted) = bounded(std::mem::take(&mut response.errors));
    response.errors = errors;
    if omitted > 0 {
        response.extensions.insert("omittedErrors".to_owned(), omitted.into());
    }
}

impl Answer {
    /// Creates the answer to a request that failed before any of it ran.
    #[must_use]
    pub fn rejected(errors: Vec<ServerError>) -> Self {
        let mut response = Response::from_errors(errors);
        bound(&mut response);
        Self { response, rejected: true, ..Self::default() }
    }

    /// Returns the answer as that of the operation of this name.
    #[must_use]
    pub fn of_operation(self, operation_name: Option<String>) -> Self {
        Self { operation_name, ..self }
    }

    /// Creates the answer to an operation that failed as a whole once it ran.
    pub(crate) fn failed(error: ServerError, operation: &Prepared) -> Self {
        let response = Response::from_errors(vec![error]);
        Self { response, operation_name: operation.name().map(str::to_owned), ..Self::default() }
    }

    /// Creates the answer to a request that failed for a reason of our own.
    #[must_use]
    pub fn internal(message: &str) -> Self {
        Self::rejected(vec![server_error(Error::internal(message.to_owned()))])
    }

    /// Creates the answer to a request whose credential is not accepted, the same for every bad credential.
    pub(crate) fn challenged(challenge: &Challenge) -> Self {
        let code = match challenge.kind() {
            ChallengeKind::Rejected(_) => Code::Unauthenticated,
            ChallengeKind::Unavailable => Code::UpstreamUnavailable,
        };
        Self {
            authenticate: challenge.authenticate().cloned(),
            ..Self::rejected(vec![request_error(code, challenge.message())])
        }
    }

    /// Creates the answer to a request past a quota.
    pub(crate) fn past_quota(rejection: Rejection) -> Self {
        let (code, text) = match rejection {
            Rejection::Exhausted { .. } => (
                Code::RateLimited,
                "Too much was requested in a short time; `Retry-After` says when there is more.",
            ),
            Rejection::TooCostly => {
                (Code::OperationTooLarge, "The operation costs more than may be used at once.")
            }
            Rejection::StoreAway { .. } => {
                (Code::UpstreamUnavailable, "What is left of the quota cannot be told now. Try again.")
            }
        };
        Self { retry_after: retry_after(rejection), ..Self::rejected(vec![request_error(code, text)]) }
    }

    /// Creates the answer to a request that the server has no time for.
    pub(crate) fn shed(shed: Shed, operation_name: Option<&str>) -> Self {
        Self {
            operation_name: operation_name.map(str::to_owned),
            retry_after: Some(shed.retry_after),
            ..Self::rejected(vec![request_error(Code::Overloaded, SHED)])
        }
    }

    /// Creates an answer from the body of one that was given before.
    pub(crate) fn replayed(body: Bytes) -> Self {
        // The errors are needed for the status and the log alone.
        let response = serde_json::from_slice(&body).unwrap_or_default();
        Self { response, effect: Effect::Replayed, private: true, body: body.into(), ..Self::default() }
    }

    /// Returns the serialized answer, which is written once: without `data` if the request did not run.
    pub fn body(&self) -> &Bytes {
        self.body.get_or_init(|| {
            let Response { data, errors, extensions, .. } = &self.response;
            let mut body = Body(Vec::with_capacity(self.data.as_ref().map_or(4096, |data| data.len() + 256)));
            match &self.data {
                _ if self.rejected => body.member("errors", errors),
                Some(written) => body.written("data", written),
                None => body.member("data", data),
            }
            if !extensions.is_empty() {
                body.member("extensions", extensions);
            }
            if !self.rejected && !errors.is_empty() {
                body.member("errors", errors);
            }
            body.0.push(b'}');
            body.0.into()
        })
    }

    /// Returns true if the answer is complete: nothing failed, and no field took its fallback.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        !self.rejected
            && self.response.errors.is_empty()
            && !self.response.extensions.contains_key("degraded")
    }
}

/// A JSON object while it is written.
struct Body(Vec<u8>);

impl Body {
    /// Writes a member.
    fn member(&mut self, name: &str, value: &impl Serialize) {
        self.written(name, b"");
        serde_json::to_writer(&mut self.0, value).expect("a response holds nothing that JSON cannot");
    }

    /// Writes a member whose value is JSON already.
    fn written(&mut self, name: &str, json: &[u8]) {
        self.0.push(if self.0.is_empty() { b'{' } else { b',' });
        for part in [b"\"", name.as_bytes(), b"\":", json] {
            self.0.extend_from_slice(part);
        }
    }
}
