//! The layer that ends a call at its time.

use std::sync::atomic::{AtomicBool, Ordering};

use super::outgoing::Outgoing;
use crate::{Decision, FailureKind, Rpc, UpstreamError};

/// Progress of a call: it waits for its turn, or it has been sent.
#[derive(Debug, Default)]
pub(super) struct Progress(AtomicBool);

impl Progress {
    /// Records that the call waits for its turn.
    pub(super) fn waits(&self) {
        self.0.store(false, Ordering::Relaxed);
    }

    /// Records that the call has been sent.
    pub(super) fn sent(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_sent(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Makes a call that ends at its time. A call that was still waiting for its turn then says nothing about its service:
/// its error has a kind of its own. A call that waited because there is no connection says that its service is slow.
pub(super) async fn within<T>(
    call: &Outgoing<'_>,
    progress: &Progress,
    is_connected: impl Fn() -> bool + Send,
    tell: &(impl Fn(Decision) + Sync),
    inner: impl Future<Output = Result<T, UpstreamError>> + Send,
) -> Result<T, UpstreamError> {
    match tokio::time::timeout_at(call.end, inner).await {
        Ok(result) => result,
        Err(_elapsed) if progress.is_sent() || !is_connected() => Err(timed_out(call.rpc)),
        Err(_elapsed) => {
            tell(Decision::Overflowed);
            let message = format!("{}: too many calls at a time; this one was not sent", call.rpc.path());
            Err(UpstreamError::new(FailureKind::Overloaded, message))
        }
    }
}

/// Returns the error of a call whose response does not arrive in time.
pub(crate) fn timed_out(rpc: Rpc) -> UpstreamError {
    UpstreamError::new(FailureKind::Timeout, format!("{}: no answer in time", rpc.path()))
}
