//! Rejections of requests, and their statuses.

use std::sync::Arc;
use std::time::Duration;

use admission::Shed;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use fetch::SampledLog;
use operation::Code;

use crate::config::HttpProfile;
use connections::Bound;
use gateway::SHED;
use resolver::Error;
use telemetry::Metrics;

/// Reason for which a request was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RejectionReason {
    /// The body, the query string or the path cannot be read: not JSON, not text, broken off, or a batch that is not
    /// allowed.
    Unreadable,
    /// The parameters are JSON, but not a GraphQL request.
    IllFormed,
    /// A page of another site made a browser send the request.
    ForeignPage,
    /// The request is for another host.
    Misdirected,
    /// There is nothing at that path.
    NoSuchPath,
    /// The method is not one of GET, HEAD and POST.
    Method,
    /// The client accepts none of our media types.
    NotAcceptable,
    /// The body came too slowly.
    TooSlow,
    /// The body is longer than its limit.
    TooLarge,
    /// The path and query are longer than their limit.
    UriTooLong,
    /// The type or the encoding of the body is not supported.
    MediaType,
    /// The headers are longer than their limit.
    HeadTooLarge,
    /// HTTP forbids the head: other programs on the way may read it as another request.
    BadHead,
    /// The `Expect` header demands something that is not supported before the body comes.
    Expectation,
    /// The address of the client has too many requests running.
    TooMany,
    /// All clients together have too many requests running.
    Overload,
}

impl RejectionReason {
    /// Returns the name used in metrics and logs.
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

/// Rejection of a request.
#[derive(Clone, Debug)]
pub(super) struct Rejection {
    pub(super) reason: RejectionReason,
    pub(super) message: String,
    /// Delay before a retry; `None` if the reason decides.
    delay: Option<Duration>,
    /// True if the body had been read when the request was rejected, or if the reason decides.
    is_read: bool,
}

impl Rejection {
    pub(super) fn new(reason: RejectionReason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into(), delay: None, is_read: true }
    }

    /// Creates the rejection of a request while the server has too much work.
    pub(super) fn shed(shed: Shed, is_read: bool) -> Self {
        Self { delay: Some(shed.retry_after), is_read, ..Self::new(RejectionReason::Overload, SHED) }
    }

    /// Creates the rejection of a request past this bound.
    pub(super) fn past(bound: Bound) -> Self {
        match bound {
            Bound::OfAddress => {
                Self::new(RejectionReason::TooMany, "Too many requests are under way from this address.")
            }
            Bound::InAll => Self::new(RejectionReason::Overload, "Too many requests are under way."),
        }
    }

    pub(super) fn status(&self, profile: HttpProfile) -> StatusCode {
        match self.reason {
            RejectionReason::IllFormed if profile == HttpProfile::Draft202608 => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            RejectionReason::Unreadable | RejectionReason::IllFormed | RejectionReason::BadHead => {
                StatusCode::BAD_REQUEST
            }
            RejectionReason::ForeignPage => StatusCode::FORBIDDEN,
            RejectionReason::Misdirected => StatusCode::MISDIRECTED_REQUEST,
            RejectionReason::NoSuchPath => StatusCode::NOT_FOUND,
            RejectionReason::Method => StatusCode::METHOD_NOT_ALLOWED,
            RejectionReason::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            RejectionReason::TooSlow => StatusCode::REQUEST_TIMEOUT,
            RejectionReason::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            RejectionReason::UriTooLong => StatusCode::URI_TOO_LONG,
            RejectionReason::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            RejectionReason::HeadTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            RejectionReason::Expectation => StatusCode::EXPECTATION_FAILED,
            RejectionReason::TooMany => StatusCode::TOO_MANY_REQUESTS,
            RejectionReason::Overload => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Returns true if a part of the request may still arrive that nothing will read, or whose end is unknown.
    pub(super) fn leaves_unread(&self) -> bool {
        !self.is_read
            || matches!(
                self.reason,
                RejectionReason::TooSlow
                    | RejectionReason::TooLarge
                    | RejectionReason::BadHead
                    | RejectionReason::Expectation
            )
    }

    /// Returns the delay before a retry; `None` if a retry does not help.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        matches!(self.reason, RejectionReason::TooMany | RejectionReason::Overload)
            .then_some(self.delay.unwrap_or(Duration::from_secs(1)))
    }

    pub(super) fn into_error(self) -> Error {
        let code = match self.reason {
            RejectionReason::ForeignPage => Code::Forbidden,
            RejectionReason::TooMany => Code::RateLimited,
            RejectionReason::Overload => Code::Overloaded,
            _ => Code::BadRequest,
        };
        Error::client(code, self.message)
    }
}

/// Log and metrics that record rejections.
#[derive(Clone)]
pub(crate) struct Rejections {
    pub(crate) log: Arc<SampledLog>,
    pub(crate) metrics: Arc<Metrics>,
}

impl Rejections {
    pub(crate) const fn new(log: Arc<SampledLog>, metrics: Arc<Metrics>) -> Self {
        Self { log, metrics }
    }

    /// Counts and logs a rejection. Each reason is logged once a second at most, so that an attack is visible but does
    /// not drown everything else.
    pub(crate) fn note(&self, reason: RejectionReason, status: StatusCode) {
        let (reason, status) = (reason.as_str(), status.as_u16());
        self.metrics.rejected(reason);
        if let Some(left_out) = self.log.pass("request", reason) {
            tracing::info!(target: "access", status, reason, left_out, "rejected a request: {reason}");
        }
    }
}

/// Records a rejection by the HTTP edge.
pub(super) async fn note(State(rejections): State<Rejections>, response: Response) -> Response {
    if let Some(reason) = response.extensions().get::<RejectionReason>() {
        rejections.note(*reason, response.status());
    }
    response
}
