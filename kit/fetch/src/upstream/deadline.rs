//! The layer that ends a call at its time.

use std::time::Duration;

use super::outgoing::Outgoing;
use super::progress::Progress;
use crate::{Decision, FailureKind, Rpc, UpstreamError};

/// Time by which the timer of the service, or ours, may fire before the other for the same deadline.
pub(super) const DEADLINE_TOLERANCE: Duration = Duration::from_millis(5);

/// Makes a call that ends at its time. A call that was still waiting for its turn then says nothing about its service:
/// its error has a kind of its own. A call that waited because there is no connection says that its service is slow.
pub(super) async fn within<T, A>(
    call: &Outgoing<'_>,
    progress: &Progress,
    is_connected: impl Fn() -> bool + Send,
    tell: &(impl Fn(Decision) + Sync),
    inner: impl FnOnce() -> A + Send,
) -> Result<T, UpstreamError>
where
    A: Future<Output = Result<T, UpstreamError>> + Send,
{
    match tokio::time::timeout_at(call.end, inner()).await {
        Ok(result) => result,
        Err(_elapsed) if progress.is_sent() => Err(timed_out(call.rpc)),
        Err(_elapsed) if !is_connected() => Err(late_unsent(call.rpc)),
        Err(_elapsed) => {
            tell(Decision::Overflowed);
            let message = format!("{}: too many calls at a time; this one was not sent", call.rpc.path());
            Err(UpstreamError::new(FailureKind::Overloaded, message))
        }
    }
}

/// Returns the error of a call whose time ended before it was sent.
pub(crate) fn late_unsent(rpc: Rpc) -> UpstreamError {
    UpstreamError::late_unsent(format!("{}: not sent in time", rpc.path()))
}

/// Returns the error of a call whose response does not arrive in time.
pub(crate) fn timed_out(rpc: Rpc) -> UpstreamError {
    UpstreamError::new(FailureKind::Timeout, format!("{}: no answer in time", rpc.path()))
}
