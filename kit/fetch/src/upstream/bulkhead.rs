//! The layer that bounds the calls of one RPC and of one service at a time, so that one that hangs holds up nothing
//! else.

use tokio::sync::{Semaphore, SemaphorePermit};

/// A bound on calls at a time.
#[derive(Debug)]
pub(super) struct Bulkhead(Semaphore);

impl Bulkhead {
    pub(super) fn new(max_calls: usize) -> Self {
        Self(Semaphore::new(max_calls.min(Semaphore::MAX_PERMITS)))
    }

    /// Waits for the turn of a call, in the order in which they came. The call holds the permit while it runs; `None`
    /// would mean that the bound is closed, which it never is.
    pub(super) async fn enter(&self) -> Option<SemaphorePermit<'_>> {
        self.0.acquire().await.ok()
    }
}
