//! An estimate of the time within which 95 of 100 recent calls of an RPC end.
//!
//! Calls are counted by their time in two histograms, of which one is filled while the other still counts. After a
//! minute, or a thousand calls, the other is emptied and filled instead: a call of four minutes ago never counts.
//! All state is in atomic numbers, because every hedged call comes by here; a count that is lost while a histogram is
//! emptied does no harm.

mod histogram;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use histogram::{Histogram, bound};

/// Time, and number of calls, after which a histogram is full.
const FULL_AFTER: Duration = Duration::from_mins(1);
const FULL_WITH: u32 = 1_000;

/// Number of calls below which there is no estimate.
const MIN_CALLS: u32 = 100;

/// Number of calls after which the estimate is made again.
const REFRESH: u32 = 16;

/// Times of recent calls.
#[derive(Debug)]
pub(super) struct Latency {
    origin: Instant,
    histograms: [Histogram; 2],
    /// The histogram that is filled: the milliseconds from the origin to its start, times two, plus its position. One
    /// number, so that of two calls that find it full only one turns to the other.
    filled: AtomicU64,
    /// Number of calls in the histogram that is filled.
    calls: AtomicU32,
    /// The estimate in microseconds; 0 without one.
    estimate_us: AtomicU64,
}

impl Latency {
    pub(super) fn new() -> Self {
        Self {
            origin: Instant::now(),
            histograms: [Histogram::new(), Histogram::new()],
            filled: AtomicU64::new(0),
            calls: AtomicU32::new(0),
            estimate_us: AtomicU64::new(0),
        }
    }

    /// Returns the time within which 95 of 100 recent calls end; `None` if there are not enough of them.
    pub(super) fn p95(&self) -> Option<Duration> {
        let us = self.estimate_us.load(Ordering::Relaxed);
        let is_recent = || self.age(self.filled.load(Ordering::Relaxed)) < 2 * FULL_AFTER;
        (us > 0 && is_recent()).then(|| Duration::from_micros(us))
    }

    /// Records the time that a call took.
    pub(super) fn took(&self, time: Duration) {
        let [one, other] = &self.histograms;
        let filled = if self.turn().is_multiple_of(2) { one } else { other };
        filled.add(time);
        if (self.calls.fetch_add(1, Ordering::Relaxed) + 1).is_multiple_of(REFRESH) {
            self.estimate();
        }
    }

    /// Records the time after which a call was given up, which would have taken longer. Below the estimate this says
    /// nothing, because the call might have ended on either side of it. Counted there, the second calls that are given
    /// up as soon as the first one wins would make the estimate ever shorter.
    pub(super) fn took_at_least(&self, time: Duration) {
        if self.p95().is_none_or(|p95| time >= p95) {
            self.took(time);
        }
    }

    /// Turns to the other histogram if the one that is filled is full. Returns the present value of `filled`.
    fn turn(&self) -> u64 {
        let filled = self.filled.load(Ordering::Relaxed);
        let age = self.age(filled);
        if age < FULL_AFTER && self.calls.load(Ordering::Relaxed) < FULL_WITH {
            return filled;
        }
        let next = (self.now_ms() << 1) | ((filled + 1) % 2);
        if let Err(by_another) =
            self.filled.compare_exchange(filled, next, Ordering::Relaxed, Ordering::Relaxed)
        {
            return by_another;
        }
        self.calls.store(0, Ordering::Relaxed);
        let is_stale = age >= 2 * FULL_AFTER;
        if is_stale {
            self.estimate_us.store(0, Ordering::Relaxed);
        }
        for (position, histogram) in (0..).zip(&self.histograms) {
            if is_stale || position == next % 2 {
                histogram.clear();
            }
        }
        next
    }

    /// Makes the estimate from both histograms.
    fn estimate(&self) {
        let [one, other] = &self.histograms;
        let counts = || one.counts().zip(other.counts()).map(|(one, other)| one.saturating_add(other));
        let calls: u32 = counts().sum();
        let mut longer = calls;
        let p95 = counts().position(|count| {
            longer = longer.saturating_sub(count);
            longer <= calls / 20
        });
        let p95 = p95.filter(|_| calls >= MIN_CALLS).map_or(Duration::ZERO, bound);
        self.estimate_us.store(microseconds(p95), Ordering::Relaxed);
    }

    fn age(&self, filled: u64) -> Duration {
        Duration::from_millis(self.now_ms().saturating_sub(filled >> 1))
    }

    fn now_ms(&self) -> u64 {
        microseconds(self.origin.elapsed()) / 1_000
    }
}

fn microseconds(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
