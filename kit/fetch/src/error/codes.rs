//! Status codes of gRPC, and the failure kinds they stand for.

use tonic::Code;

use super::FailureKind;

/// Maps gRPC status codes to failure kinds, in this one place. `Cancelled` by our own deadline is told apart by the
/// call, which knows the time.
pub(super) fn kind_of(code: Code) -> FailureKind {
    match code {
        Code::NotFound => FailureKind::NotFound,
        Code::InvalidArgument | Code::OutOfRange => FailureKind::InvalidArgument,
        Code::Unauthenticated => FailureKind::Unauthenticated,
        Code::PermissionDenied => FailureKind::PermissionDenied,
        Code::FailedPrecondition | Code::AlreadyExists | Code::Aborted => FailureKind::Declined,
        Code::ResourceExhausted => FailureKind::ResourceExhausted,
        Code::DeadlineExceeded => FailureKind::Timeout,
        Code::Unavailable => FailureKind::Unavailable,
        Code::Ok
        | Code::Cancelled
        | Code::Unknown
        | Code::Unimplemented
        | Code::Internal
        | Code::DataLoss => FailureKind::Internal,
    }
}

/// Returns the status code of a failure to which no service gave one.
pub(super) fn usual_code(kind: FailureKind) -> Code {
    match kind {
        FailureKind::NotFound => Code::NotFound,
        FailureKind::InvalidArgument => Code::InvalidArgument,
        FailureKind::Unauthenticated => Code::Unauthenticated,
        FailureKind::PermissionDenied => Code::PermissionDenied,
        FailureKind::Declined => Code::FailedPrecondition,
        FailureKind::ResourceExhausted | FailureKind::Overloaded => Code::ResourceExhausted,
        FailureKind::Timeout => Code::DeadlineExceeded,
        FailureKind::Unavailable => Code::Unavailable,
        FailureKind::Internal => Code::Internal,
    }
}

/// Returns the name of a status code.
pub(super) fn code_name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
