//! When host names are to be resolved, and how that went.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Minimum time between two resolutions, however many connections fail.
const MIN_INTERVAL: Duration = Duration::from_secs(1);

/// Schedule of the resolutions of a service. It runs on calls alone: names that nobody uses are not resolved.
#[derive(Debug)]
pub(crate) struct Resolution {
    created: Instant,
    /// Time of the next resolution, in milliseconds since `created`.
    due_ms: AtomicU64,
    last_ms: AtomicU64,
    runs: AtomicBool,
    failed: Mutex<Option<(Instant, Arc<str>)>>,
}

impl Resolution {
    pub(crate) fn new() -> Self {
        Self {
            created: Instant::now(),
            due_ms: AtomicU64::new(0),
            last_ms: AtomicU64::new(0),
            runs: AtomicBool::new(false),
            failed: Mutex::new(None),
        }
    }

    /// Returns true if a resolution is due and none runs; the caller then begins one.
    pub(crate) fn begins(&self) -> bool {
        self.now_ms() >= self.due_ms.load(Ordering::Relaxed) && !self.runs.swap(true, Ordering::Relaxed)
    }

    /// Records the end of a resolution, and the reason why it failed.
    pub(crate) fn ends(&self, interval: Duration, failed: Option<Arc<str>>) {
        let now_ms = self.now_ms();
        let interval = if failed.is_some() { MIN_INTERVAL } else { interval };
        *self.failed.lock().unwrap_or_else(PoisonError::into_inner) =
            failed.map(|reason| (Instant::now(), reason));
        self.last_ms.store(now_ms, Ordering::Relaxed);
        self.due_ms.store(now_ms + milliseconds(interval), Ordering::Relaxed);
        self.runs.store(false, Ordering::Relaxed);
    }

    /// Brings the next resolution forward, because an endpoint may have moved.
    pub(crate) fn hasten(&self) {
        let soon = self.last_ms.load(Ordering::Relaxed) + milliseconds(MIN_INTERVAL);
        self.due_ms.fetch_min(soon, Ordering::Relaxed);
    }

    /// Returns the reason of the last resolution, if it failed after `since` or is not to be repeated yet.
    pub(crate) fn failed(&self, since: Instant) -> Option<Arc<str>> {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, reason) = failed.as_ref()?;
        let waits = self.now_ms() < self.due_ms.load(Ordering::Relaxed);
        (*at >= since || waits).then(|| reason.clone())
    }

    fn now_ms(&self) -> u64 {
        milliseconds(self.created.elapsed())
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
