//! Watches a service for changes of the values that are kept of a fetch.

use std::marker::PhantomData;
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use endpoints::Backoff;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep};

use super::flights::Flights;
use crate::upstream::Upstream;
use crate::{Changes, Decision, FailureKind, Fetch, UpstreamError};

/// Time before a stream that ended is opened again.
const FIRST_BACKOFF: Duration = Duration::from_millis(100);
const MAX_BACKOFF: Duration = Duration::from_mins(1);

/// The watch of a server on the changes of one fetch. It begins when a value is loaded that may be kept, so that a
/// server that needs none opens no stream, and ends with the server.
pub(super) struct Watch<F> {
    task: OnceLock<AbortHandle>,
    of: PhantomData<fn() -> F>,
}

impl<F> Default for Watch<F> {
    fn default() -> Self {
        Self { task: OnceLock::new(), of: PhantomData }
    }
}

impl<F> Drop for Watch<F> {
    fn drop(&mut self) {
        if let Some(task) = self.task.get() {
            task.abort();
        }
    }
}

impl<F: Fetch> Watch<F> {
    /// Begins to watch, unless that was done.
    pub(super) fn begin(&self, upstream: &Arc<Upstream>, flights: &Arc<Flights<F>>) {
        self.task.get_or_init(|| {
            let (upstream, flights) = (Arc::downgrade(upstream), flights.clone());
            tokio::spawn(async move {
                if let Some(changes) = F::changes() {
                    watch(&upstream, &flights, &changes).await;
                }
            })
            .abort_handle()
        });
    }
}

/// Opens the stream again and again.
async fn watch<F: Fetch>(upstream: &Weak<Upstream>, flights: &Flights<F>, changes: &Changes<F>) {
    let mut backoff = Backoff::new(FIRST_BACKOFF, MAX_BACKOFF);
    loop {
        let began = Instant::now();
        let ended = follow(upstream, flights, changes).await;
        let Some(known) = upstream.upgrade() else { return };
        known.observer.decided(changes.rpc.path(), Decision::WatchEnded);
        if let Err(failure) = ended {
            known.log.failed(changes.rpc.path(), &failure);
        }
        drop(known);
        sleep(backoff.after(began)).await;
    }
}

/// Follows the stream until it ends.
async fn follow<F: Fetch>(
    upstream: &Weak<Upstream>,
    flights: &Flights<F>,
    changes: &Changes<F>,
) -> Result<(), UpstreamError> {
    let Some(opening) = upstream.upgrade() else { return Ok(()) };
    let mut messages = opening.open(changes.rpc, F::RPC, changes.request.clone()).await?;
    // Nobody knows what changed before.
    opening.shared.changed(F::RPC.service());
    drop(opening);
    while let Some(message) = messages.next().await? {
        let key = (changes.key)(message).map_err(|error| {
            let path = changes.rpc.path();
            UpstreamError::new(FailureKind::Internal, format!("{path}: a message cannot be decoded: {error}"))
        })?;
        let (Some(key), Some(upstream)) = (key, upstream.upgrade()) else { continue };
        flights.changed(&key, &upstream.shared);
        upstream.observer.decided(F::RPC.path(), Decision::Dropped);
    }
    Ok(())
}
