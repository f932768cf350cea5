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
        let violations: Vec<_> = bad_requests
            .filter_map(|detail| pb::BadRequest::decode(detail.value.as_slice()).ok())
            .flat_map(|bad| bad.field_violations)
            .map(|violation| Violation { field: violation.field, description: violation.description })
            .collect();
        Self(Arc::new(Inner {
            kind: kind_of(Code::from_i32(code), &violations),
            message,
            reason: Some(reason).filter(|reason| !reason.is_empty()),
            violations,
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
        let violations: Vec<_> = violations
            .map(|violation| Violation {
                field: violation.field.clone(),
                description: violation.description.clone(),
            })
            .collect();
        Self(Arc::new(Inner {
            kind: kind_of(status.code(), &violations),
            message: status.message().to_owned(),
            reason: details.error_info().map(|info| info.reason.clone()),
            violations,
            retry_after: details.retry_info().and_then(|info| info.retry_delay),
        }))
    }
}

/// The field of a request that says what is read of the answer. No client fills it.
const READ_MASK: &str = "read_mask";

/// The one place where status codes of gRPC become kinds. `Cancelled` by our own deadline is told apart by the
/// call, which knows the time.
fn kind_of(code: Code, violations: &[Violation]) -> FaultKind {
    let is_mask = |it: &Violation| it.field == READ_MASK || it.field.starts_with("read_mask.");
    match code {
        Code::NotFound => FaultKind::NotFound,
        // We wrote the mask: that a service refuses it is our fault, whoever asks.
        Code::InvalidArgument | Code::OutOfRange if violations.iter().any(is_mask) => FaultKind::Internal,
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

#[cfg(test)]
mod tests {
    use tonic_types::ErrorDetails;

    use super::*;

    #[test]
    fn a_refused_read_mask_is_no_fault_of_whoever_asks() {
        let kind = |field: &str| {
            let details = ErrorDetails::with_bad_request_violation(field, "no path \"avatar_url\"");
            let status = Status::with_error_details(Code::InvalidArgument, "refused", details.clone());
            let bad_request = pb::BadRequest {
                field_violations: vec![pb::bad_request::FieldViolation {
                    field: field.to_owned(),
                    ..Default::default()
                }],
            };
            let detail = prost_types::Any {
                type_url: "type.googleapis.com/google.rpc.BadRequest".to_owned(),
                value: bad_request.encode_to_vec(),
            };
            let of_key = Fault::of_key(Code::InvalidArgument.into(), String::new(), String::new(), &[detail]);
            assert_eq!(Fault::from(status).kind(), of_key.kind(), "{field}");
            of_key.kind()
        };
        assert_eq!(kind("read_mask"), FaultKind::Internal);
        assert_eq!(kind("read_mask.paths"), FaultKind::Internal);
        assert_eq!(kind("page_size"), FaultKind::InvalidArgument);
    }
}
