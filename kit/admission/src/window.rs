//! Counts of the requests since the last adjustment.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicU32, AtomicU64};

use crate::ratios::{Ratios, Typical};

/// Fewest samples by which a limit is adjusted.
const SAMPLES: u64 = 30;
/// Closings after which too few samples are too old to be added to.
const STALE: u32 = 20;

/// Counts since the last adjustment.
#[derive(Debug, Default)]
pub(crate) struct Window {
    admitted: AtomicU64,
    shed: AtomicU64,
    peak: AtomicU32,
    /// Requests that their deadlines cut short.
    cut: AtomicU64,
    ratios: Ratios,
    /// Closings since the ratios were last taken.
    closings: AtomicU32,
}

/// Counts of one window.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    /// Requests that were admitted.
    pub(crate) admitted: u64,
    /// Requests that were shed.
    pub(crate) shed: u64,
    /// Most requests under way at a time.
    pub(crate) peak: u32,
    /// Requests that their deadlines cut short.
    pub(crate) cut: u64,
    /// The typical slowdown of the requests; `None` while too few have completed.
    pub(crate) typical: Option<Typical>,
}

impl Window {
    /// Counts an admitted request of an operation, and those under way with it.
    pub(crate) fn admit(&self, operation: usize, under_way: u32) {
        self.ratios.admit(operation);
        self.admitted.fetch_add(1, Relaxed);
        if under_way > self.peak.load(Relaxed) {
            self.peak.fetch_max(under_way, Relaxed);
        }
    }

    /// Counts a shed request. Returns true if it is the first.
    pub(crate) fn shed(&self) -> bool {
        self.shed.fetch_add(1, Relaxed) == 0
    }

    /// Counts a completed request with its latency and that of its operation without load, in nanoseconds.
    pub(crate) fn complete(&self, operation: usize, latency: u64, unloaded: u64) {
        self.ratios.add(operation, latency, unloaded);
    }

    /// Counts a request that was cut short, under whichever limit it was admitted: those that waited longest come last.
    pub(crate) fn cut(&self) {
        self.cut.fetch_add(1, Relaxed);
    }

    /// Returns what was seen, and starts again. Ratios are kept until there are enough of them, or they are too old.
    pub(crate) fn close(&self, under_way: u32) -> Seen {
        let is_enough = self.ratios.total() >= SAMPLES && self.ratios.are_of_most();
        let is_stale = self.closings.fetch_add(1, Relaxed) >= STALE;
        let mut typical = None;
        if is_enough || is_stale {
            typical = self.ratios.take().filter(|_| is_enough);
            self.closings.store(0, Relaxed);
        }
        Seen {
            admitted: self.admitted.swap(0, Relaxed),
            shed: self.shed.swap(0, Relaxed),
            peak: self.peak.swap(under_way, Relaxed),
            cut: self.cut.swap(0, Relaxed),
            typical,
        }
    }
}
