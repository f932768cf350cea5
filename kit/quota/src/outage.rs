//! Outages of the store that replicas share.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use store::StoreError;
use tokio::time::Instant;

/// Time for which a store that failed counts as away.
pub(crate) const AWAY: Duration = Duration::from_secs(1);

/// Knows whether the store is away, so that requests do not each wait for its timeout, and logs when that changes.
#[derive(Debug)]
pub(crate) struct Outage {
    started: Instant,
    /// Milliseconds since the start at which the store may be tried again; zero while it is there.
    until_ms: AtomicU64,
}

/// An attempt that a request may make at the store.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Attempt {
    /// The store was there last.
    Usual,
    /// The store was away, and this attempt alone finds out whether it still is.
    Probe,
}

impl Outage {
    pub(crate) fn new() -> Self {
        Self { started: Instant::now(), until_ms: AtomicU64::new(0) }
    }

    /// Returns the attempt that a request may make now; `None` while the store is away.
    pub(crate) fn attempt(&self) -> Option<Attempt> {
        let until = self.until_ms.load(Ordering::Acquire);
        if until == 0 {
            return Some(Attempt::Usual);
        }
        // A probe that is dropped leaves the next one to another request, after the same time.
        let next = self.next_ms();
        let mine =
            || self.until_ms.compare_exchange(until, next, Ordering::AcqRel, Ordering::Acquire).is_ok();
        (until <= self.now_ms() && mine()).then_some(Attempt::Probe)
    }

    /// Takes note of an attempt that succeeded. Only a probe ends an outage: an answer to an earlier attempt may come
    /// late.
    pub(crate) fn succeeded(&self, attempt: &Attempt, quota: &str) {
        if *attempt == Attempt::Probe && self.until_ms.swap(0, Ordering::AcqRel) != 0 {
            tracing::info!(quota, "the shared store is back: all replicas count {quota} together");
        }
    }

    /// Takes note of an attempt that failed.
    pub(crate) fn failed(&self, quota: &str, error: &StoreError) {
        if self.until_ms.swap(self.next_ms(), Ordering::AcqRel) == 0 {
            tracing::warn!(quota, %error, "the shared store is away: each replica counts {quota} for itself");
        }
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn next_ms(&self) -> u64 {
        self.now_ms().saturating_add(u64::try_from(AWAY.as_millis()).unwrap_or(u64::MAX))
    }
}
