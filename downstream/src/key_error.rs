//! Errors of single keys.

use fetch::UpstreamError;
use proto::common::KeyError;

/// Returns the upstream error of one key of a batch.
pub(crate) fn fault(error: KeyError) -> UpstreamError {
    UpstreamError::of_key(error.code, error.message, error.reason, &error.details)
}

/// Returns the upstream error of a result that holds neither an item nor an error.
pub(crate) fn no_outcome() -> UpstreamError {
    UpstreamError::new(fetch::FailureKind::Internal, "a result holds neither an item nor an error")
}
