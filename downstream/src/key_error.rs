//! Errors of single keys.

use fetch::UpstreamError;
use proto::common::KeyError;

/// The fault of one key of a batch.
pub(crate) fn fault(error: KeyError) -> UpstreamError {
    UpstreamError::of_key(error.code, error.message, error.reason, &error.details)
}

/// The fault of a result that holds neither an item nor an error.
pub(crate) fn no_outcome() -> UpstreamError {
    UpstreamError::new(fetch::FailureKind::Internal, "a result holds neither an item nor an error")
}
