//! Requests that are not taken, and the status each gets.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use fetch::FaultLog;
use operation::Code;

use crate::config::HttpProfile;
use crate::error::Error;
use crate::metrics::Metrics;
use crate::peer::Bound;

/// Why a request was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// The body is no JSON, no text, or not what it says it is.
    Unreadable,
    /// It is JSON, but no GraphQL request.
    IllFormed,
    /// A page of another site made a browser send it.
    ForeignPage,
    /// It is for another host.
    Misdirected,
    /// There is nothing at that path.
    NoSuchPath,
    /// Neither GET nor POST.
    Method,
    /// No media type of ours is acceptable.
    NotAcceptable,
    /// The body came too slowly.
    TooSlow,
    /// The body is longer than it may be.
    TooLarge,
    /// The path and query are longer than they may be.
    UriTooLong,
    /// The body is of a type that is not taken.
    MediaType,
    /// The headers are longer than they may be.
    HeadTooLarge,
    /// The head is none that HTTP allows: others on the way may read it as another request.
    BadHead,
    /// It wants something that is not done here before its body comes.
    Expectation,
    /// Its address has too many requests under way.
    TooMany,
    /// All clients together have too many requests under way.
    Overload,
}

impl Why {
    /// Its name, as metrics and the log have it.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::IllFormed => "ill_formed",
            Self::ForeignPage => "foreign_page",
            Self::NoSuchPath => "no_such_path",
            Self::Method => "method",
            Self::NotAcceptable => "not_acceptable",
            Self::TooSlow => "too_slow",
            Self::TooLarge => "too_large",
            Self::UriTooLong => "uri_too_long",
            Self::MediaType => "media_type",
            Self::HeadTooLarge => "head_too_large",
            Self::Misdirected => "misdirected",
            Self::BadHead => "bad_head",
            Self::Expectation => "expectation",
            Self::TooMany => "too_many",
            Self::Overload => "overload",
        }
    }
}

/// A request that is not taken.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) why: Why,
    pub(super) message: String,
}

impl Refusal {
    pub(super) fn new(why: Why, message: impl Into<String>) -> Self {
        Self { why, message: message.into() }
    }

    /// A request past this bound.
    pub(super) fn past(bound: Bound) -> Self {
        match bound {
            Bound::OfAddress => Self::new(Why::TooMany, "Too many requests are under way from this address."),
            Bound::InAll => Self::new(Why::Overload, "Too many requests are under way."),
        }
    }

    pub(super) fn status(&self, profile: HttpProfile) -> StatusCode {
        match self.why {
            Why::IllFormed if profile == HttpProfile::Draft202608 => StatusCode::UNPROCESSABLE_ENTITY,
            Why::Unreadable | Why::IllFormed | Why::BadHead => StatusCode::BAD_REQUEST,
            Why::ForeignPage => StatusCode::FORBIDDEN,
            Why::Misdirected => StatusCode::MISDIRECTED_REQUEST,
            Why::NoSuchPath => StatusCode::NOT_FOUND,
            Why::Method => StatusCode::METHOD_NOT_ALLOWED,
            Why::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Why::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Why::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Why::UriTooLong => StatusCode::URI_TOO_LONG,
            Why::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Why::HeadTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Why::Expectation => StatusCode::EXPECTATION_FAILED,
            Why::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Why::Overload => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Whether a part of the request may still be under way, which nobody will read, or whose end nobody knows.
    pub(super) fn leaves_unread(&self) -> bool {
        matches!(self.why, Why::TooSlow | Why::TooLarge | Why::BadHead | Why::Expectation)
    }

    /// When to ask again, where that helps.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        matches!(self.why, Why::TooMany | Why::Overload).then_some(Duration::from_secs(1))
    }

    pub(super) fn into_error(self) -> Error {
        let code = match self.why {
            Why::ForeignPage => Code::Forbidden,
            Why::TooMany => Code::RateLimited,
            Why::Overload => Code::Overloaded,
            _ => Code::BadRequest,
        };
        Error::client(code, self.message)
    }
}

/// Where refusals are noted.
#[derive(Clone)]
pub(crate) struct Refusals {
    pub(crate) log: Arc<FaultLog>,
    pub(crate) metrics: Arc<Metrics>,
}

impl Refusals {
    pub(crate) const fn new(log: Arc<FaultLog>, metrics: Arc<Metrics>) -> Self {
        Self { log, metrics }
    }

    /// Counts a refusal, and leaves a line about it: of each reason one a second at most, so that an attack is seen and
    /// does not drown everything else.
    pub(crate) fn note(&self, why: Why, status: StatusCode) {
        let (reason, status) = (why.as_str(), status.as_u16());
        self.metrics.refused(reason);
        if let Some(left_out) = self.log.pass("request", reason) {
            tracing::info!(target: "access", status, reason, left_out, "refused a request: {reason}");
        }
    }
}

/// Notes a refusal of the edge.
pub(super) async fn note(State(refusals): State<Refusals>, response: Response) -> Response {
    if let Some(why) = response.extensions().get::<Why>() {
        refusals.note(*why, response.status());
    }
    response
}
