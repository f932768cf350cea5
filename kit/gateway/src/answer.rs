//! The outcome of a request.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::Duration;

use admission::Shed;
use async_graphql::{Response, ServerError, Value};
use bytes::Bytes;
use http::HeaderValue;
use identity::{Challenge, ChallengeKind};
use operation::{Code, Prepared, request_error};
use serde::Serialize;

#[cfg(feature = "review")]
use super::Analysis;
use resolver::Error;
use resolver::runtime::{bounded, server_error};

/// The outcome of a request.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) response: Response,
    /// True if the request failed before any of it ran: the answer then has no `data`.
    pub(crate) rejected: bool,
    pub(crate) operation_name: Option<String>,
    pub(crate) calls: usize,
    /// True if a call was given up at its time: the answer would have taken longer.
    pub(crate) cut_short: bool,
    /// Change that was made for the answer.
    pub(crate) effect: Effect,
    /// The calls that were made; `None` if the request did not want them reported.
    #[cfg(feature = "review")]
    pub(crate) analysis: Option<Analysis>,
    /// True if the answer depends on the principal.
    pub(crate) private: bool,
    /// Delay before a retry, as told by a service whose data is missing; `None` if no service told one.
    pub(crate) retry_after: Option<Duration>,
    /// Cacheability of the answer; `None` if the answer may not be kept.
    pub(crate) keep: Option<Cacheability>,
    /// Value of `WWW-Authenticate`; `None` if the credential of the request is not what is wrong with it.
    pub(crate) authenticate: Option<HeaderValue>,
    pub(crate) body: OnceLock<Bytes>,
}

/// Message to a client whose request the server has no time for.
pub(crate) const SHED: &str = "The server has more work than it can do; try again in a moment.";

/// Change that was made for an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Effect {
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
pub(crate) struct Cacheability {
    /// True if any client may get the answer; false if only this client may.
    pub(crate) shared: bool,
    /// Time for which the answer may be kept, in seconds.
    pub(crate) max_age_s: u64,
    /// Additional time for which a stale answer is better than none, in seconds.
    pub(crate) stale_s: u64,
    /// True if the answer depends on the languages that the client accepts.
    pub(crate) by_language: bool,
    /// Services and entities that the answer is about.
    pub(crate) tags: Vec<String>,
}

/// A GraphQL response; without `data` when the request did not run.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Shape<'a> {
    Ran(&'a Response),
    Rejected {
        errors: &'a [ServerError],
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        extensions: &'a BTreeMap<String, Value>,
    },
}

/// Limits the number of errors in a response, so that one wrong field of a long list does not become a long list of
/// errors.
pub(super) fn bound(response: &mut Response) {
    let (errors, omitted) = bounded(std::mem::take(&mut response.errors));
    response.errors = errors;
    if omitted > 0 {
        response.extensions.insert("omittedErrors".to_owned(), omitted.into());
    }
}

impl Answer {
    pub(crate) fn rejected(errors: Vec<ServerError>) -> Self {
        let mut response = Response::from_errors(errors);
        bound(&mut response);
        Self { response, rejected: true, ..Self::default() }
    }

    /// Creates the answer to an operation that failed as a whole once it ran.
    pub(crate) fn failed(error: ServerError, operation: &Prepared) -> Self {
        let response = Response::from_errors(vec![error]);
        Self { response, operation_name: operation.name().map(str::to_owned), ..Self::default() }
    }

    /// Creates the answer to a request that failed for a reason of our own.
    pub(crate) fn internal(message: &str) -> Self {
        Self::rejected(vec![server_error(Error::internal(message.to_owned()))])
    }

    /// Creates the answer to a request whose credential is not accepted, the same for every bad credential.
    pub(super) fn challenged(challenge: &Challenge) -> Self {
        let code = match challenge.kind() {
            ChallengeKind::Rejected(_) => Code::Unauthenticated,
            ChallengeKind::Unavailable => Code::UpstreamUnavailable,
        };
        Self {
            authenticate: challenge.authenticate().cloned(),
            ..Self::rejected(vec![request_error(code, challenge.message())])
        }
    }

    /// Creates the answer to a request that the server has no time for.
    pub(super) fn shed(shed: Shed, operation_name: Option<&str>) -> Self {
        Self {
            operation_name: operation_name.map(str::to_owned),
            retry_after: Some(shed.retry_after),
            ..Self::rejected(vec![request_error(Code::Overloaded, SHED)])
        }
    }

    /// Creates an answer from the body of one that was given before.
    pub(super) fn replayed(body: Bytes) -> Self {
        // The errors are needed for the status and the log alone.
        let response = serde_json::from_slice(&body).unwrap_or_default();
        Self { response, effect: Effect::Replayed, private: true, body: body.into(), ..Self::default() }
    }

    /// Returns the answer in the form that the media types serialize.
    pub(crate) fn shape(&self) -> Shape<'_> {
        if self.rejected {
            let Response { errors, extensions, .. } = &self.response;
            Shape::Rejected { errors, extensions }
        } else {
            Shape::Ran(&self.response)
        }
    }

    /// Returns the serialized answer, which is written once.
    pub(crate) fn body(&self) -> &Bytes {
        self.body.get_or_init(|| {
            let mut bytes = Vec::with_capacity(4096);
            serde_json::to_writer(&mut bytes, &self.shape())
                .expect("a response holds nothing that JSON cannot");
            bytes.into()
        })
    }

    /// Returns true if the answer is complete: nothing failed, and no field took its fallback.
    pub(crate) fn is_whole(&self) -> bool {
        !self.rejected
            && self.response.errors.is_empty()
            && !self.response.extensions.contains_key("degraded")
    }
}
