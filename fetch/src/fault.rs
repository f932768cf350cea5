//! Why a call has no answer.

use std::sync::Arc;
use std::time::Duration;

use prost::Message as _;
use tonic::{Code, Status};
use tonic_types::{StatusExt as _, pb};

/// Why a call, or one key of it, has no answer. Cheap to clone: every key of a failed batch holds it.
#[derive(Clone, Debug)]
pub struct Fault(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    kind: FaultKind,
    message: String,
    reason: Option<String>,
    violations: Vec<Violation>,
    retry_after: Option<Duration>,
}

/// The kinds of fault, by what a caller can do about them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// What was asked for does not exist.
    NotFound,
    /// The request was wrong; asking again will not help.
    InvalidArgument,
    /// The service does not know who asks.
    Unauthenticated,
    /// The service knows who asks and refuses.
    PermissionDenied,
    /// A rule of the domain forbids it: the reason says which.
    Refused,
    /// The service has no capacity, or the caller has used up its share.
    ResourceExhausted,
    /// No answer within the time given.
    Timeout,
    /// The service cannot be reached, or says so itself.
    Unavailable,
    /// Anything else, a broken answer included.
    Internal,
}

/// One part of a request that a service did not accept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Path of the field in the request message, such as `"rating"`.
    pub field: String,
    /// What is wrong with it, in words a client developer may read.
    pub description: String,
}

impl Fault {
    /// A fault of a kind, with a message for the log.
    #[must_use]
    pub fn new(kind: FaultKind, message: impl Into<String>) -> Self {
        Self(Arc::new(Inner {
            kind,
            message: message.into(),
            reason: None,
            violations: Vec::new(),
            retry_after: None,
        }))
    }

    /// A fault as one key of a batch carries it: a status code of gRPC, a message, a reason, and details as those
    /// of a `google.rpc.Status`. Of the details, what is wrong with the request is read.
    #[must_use]
    pub fn of_key(code: i32, message: String, reason: String, details: &[prost_types::Any]) -> Self {
        let bad_requests =
            details.iter().filter(|detail| detail.type_url.ends_with("/google.rpc.BadRequest"));
        let violations = bad_requests
            .filter_map(|detail| pb::BadRequest::decode(detail.value.as_slice()).ok())
            .flat_map(|bad| bad.field_violations)
            .map(|violation| Violation { field: violation.field, description: violation.description });
        Self(Arc::new(Inner {
            kind: kind_of(Code::from_i32(code)),
            message,
            reason: Some(reason).filter(|reason| !reason.is_empty()),
            violations: violations.collect(),
            retry_after: None,
        }))
    }

    /// What kind of fault it is.
    #[must_use]
    pub fn kind(&self) -> FaultKind {
        self.0.kind
    }

    /// What the service said, for the log. It may name internals: never show it to a client.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The `reason` of the `ErrorInfo`, such as `"ALREADY_REVIEWED"`.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// What was wrong with the request, from the `BadRequest`.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        &self.0.violations
    }

    /// When to ask again, from the `RetryInfo`.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }
}

impl From<Status> for Fault {
    fn from(status: Status) -> Self {
        let details = status.get_error_details();
        let violations = details.bad_request().into_iter().flat_map(|bad| &bad.field_violations);
        Self(Arc::new(Inner {
            kind: kind_of(status.code()),
            message: status.message().to_owned(),
            reason: details.error_info().map(|info| info.reason.clone()),
            violations: violations
                .map(|violation| Violation {
                    field: violation.field.clone(),
                    description: violation.description.clone(),
                })
                .collect(),
            retry_after: details.retry_info().and_then(|info| info.retry_delay),
        }))
    }
}

/// The one place where status codes of gRPC become kinds. `Cancelled` by our own deadline is told apart by the
/// call, which knows the time.
fn kind_of(code: Code) -> FaultKind {
    match code {
        Code::NotFound => FaultKind::NotFound,
        Code::InvalidArgument | Code::OutOfRange => FaultKind::InvalidArgument,
        Code::Unauthenticated => FaultKind::Unauthenticated,
        Code::PermissionDenied => FaultKind::PermissionDenied,
        Code::FailedPrecondition | Code::AlreadyExists | Code::Aborted => FaultKind::Refused,
        Code::ResourceExhausted => FaultKind::ResourceExhausted,
        Code::DeadlineExceeded => FaultKind::Timeout,
        Code::Unavailable => FaultKind::Unavailable,
        Code::Ok
        | Code::Cancelled
        | Code::Unknown
        | Code::Unimplemented
        | Code::Internal
        | Code::DataLoss => FaultKind::Internal,
    }
}
