//! What became of a request.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::Duration;

use async_graphql::{Response, ServerError, Value};
use bytes::Bytes;
use operation::Prepared;
use serde::Serialize;

#[cfg(feature = "review")]
use super::Analysis;
use crate::error::bounded;

/// What became of a request.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) response: Response,
    /// Whether it failed before any of it ran: the answer then has no `data`.
    pub(crate) refused: bool,
    pub(crate) operation_name: Option<String>,
    pub(crate) calls: usize,
    /// The calls that were made, where they were asked for.
    #[cfg(feature = "review")]
    pub(crate) analysis: Option<Analysis>,
    /// Whether it depends on who asked.
    pub(crate) private: bool,
    /// When to ask again, where a service said so of what is missing.
    pub(crate) retry_after: Option<Duration>,
    /// Who may keep it; none where nobody may.
    pub(crate) keep: Option<Cacheability>,
    pub(crate) body: OnceLock<Bytes>,
}

/// Who may keep an answer, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cacheability {
    /// Whether it may be answered to anybody, and not to the client alone.
    pub(crate) shared: bool,
    /// For how long, in seconds.
    pub(crate) max_age_s: u64,
    /// How much longer it is better than none, in seconds.
    pub(crate) stale_s: u64,
    /// Whether it is in a language that the client asked for.
    pub(crate) by_language: bool,
    /// What it is about.
    pub(crate) tags: Vec<String>,
}

/// A GraphQL response; without `data` when the request did not run.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Shape<'a> {
    Ran(&'a Response),
    Refused {
        errors: &'a [ServerError],
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        extensions: &'a BTreeMap<String, Value>,
    },
}

/// Bounds what a response tells of errors: one wrong field of a long list does not become a long list of errors.
pub(super) fn bound(response: &mut Response) {
    let (errors, omitted) = bounded(std::mem::take(&mut response.errors));
    response.errors = errors;
    if omitted > 0 {
        response.extensions.insert("omittedErrors".to_owned(), omitted.into());
    }
}

impl Answer {
    pub(crate) fn refused(errors: Vec<ServerError>) -> Self {
        let mut response = Response::from_errors(errors);
        bound(&mut response);
        Self { response, refused: true, ..Self::default() }
    }

    /// The answer to an operation that failed as a whole once it ran.
    pub(crate) fn failed(error: ServerError, operation: &Prepared) -> Self {
        let response = Response::from_errors(vec![error]);
        Self { response, operation_name: operation.name().map(str::to_owned), ..Self::default() }
    }

    /// The answer as its media types write it.
    pub(crate) fn shape(&self) -> Shape<'_> {
        if self.refused {
            let Response { errors, extensions, .. } = &self.response;
            Shape::Refused { errors, extensions }
        } else {
            Shape::Ran(&self.response)
        }
    }

    /// The same as bytes, written once.
    pub(crate) fn body(&self) -> &Bytes {
        self.body.get_or_init(|| {
            let mut bytes = Vec::with_capacity(4096);
            serde_json::to_writer(&mut bytes, &self.shape())
                .expect("a response holds nothing that JSON cannot");
            bytes.into()
        })
    }

    /// Whether it is all that was asked for: nothing failed, and nothing took its fallback.
    pub(crate) fn is_whole(&self) -> bool {
        !self.refused && self.response.errors.is_empty() && !self.response.extensions.contains_key("degraded")
    }
}
