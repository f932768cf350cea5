//! The unloaded latency of an operation.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize};
use std::time::Duration;

use crate::number::{float, whole};
use crate::ratios::QUANTILE;

/// Samples that must be known before a latency is compared with the baseline.
const KNOWN: u32 = 8;
/// Samples after which the baseline rises slowly.
const SETTLED: u32 = 64;
/// Samples after which one more moves the estimate as little as it ever does.
const MATURE: u32 = 256;
/// Samples below the estimate, one after another, from which on it follows eight times as fast.
const RUN: u32 = 16;
/// Part of the baseline above which the estimate may be by chance: a baseline that followed every dip would end too low.
const NOISE: f64 = 0.9;
/// Growth of the baseline in a second, as a part of it: it doubles within 35 s at the fastest.
const RISE: f64 = 0.02;

/// The latency of an operation on a server without load, learnt from its requests. Clones share what they learn.
///
/// It follows latencies down within some tens of requests. It rises by 2 % a second at most, and only while nothing is
/// shed: the latency of an overloaded server does not become the measure of overload.
#[derive(Clone, Debug, Default)]
pub struct Baseline(Arc<Learnt>);

/// Updates that overwrite one another lose a sample, which does no harm: no lock is needed.
#[derive(Debug)]
struct Learnt {
    /// Estimate of the quantile, in nanoseconds.
    estimate: AtomicU64,
    /// The estimate, but risen no faster than it may, in nanoseconds.
    baseline: AtomicU64,
    /// Time of the first sample, in nanoseconds.
    born: AtomicU64,
    /// Time at which the baseline was last moved, in nanoseconds.
    moved: AtomicU64,
    samples: AtomicU32,
    /// Samples below the estimate, one after another.
    run: AtomicU32,
    number: usize,
}

/// Number of the next operation.
static NEXT: AtomicUsize = AtomicUsize::new(0);

impl Default for Learnt {
    fn default() -> Self {
        Self {
            estimate: AtomicU64::default(),
            baseline: AtomicU64::default(),
            born: AtomicU64::default(),
            moved: AtomicU64::default(),
            samples: AtomicU32::default(),
            run: AtomicU32::default(),
            number: NEXT.fetch_add(1, Relaxed),
        }
    }
}

impl Baseline {
    /// Returns the unloaded latency; `None` until a few requests have completed.
    #[must_use]
    pub fn latency(&self) -> Option<Duration> {
        self.known().map(Duration::from_nanos)
    }

    /// Returns the unloaded latency in nanoseconds, at least 1.
    pub(crate) fn known(&self) -> Option<u64> {
        (self.0.samples.load(Relaxed) >= KNOWN).then(|| self.nanos())
    }

    /// Returns the number of the operation among all there are.
    pub(crate) fn number(&self) -> usize {
        self.0.number
    }

    /// Learns from a completed request. The baseline rises only where the latency is credible.
    pub(crate) fn learn(&self, latency: u64, now: u64, is_credible: bool) {
        let learnt = &*self.0;
        let samples = learnt.samples.load(Relaxed).saturating_add(1).min(MATURE);
        learnt.samples.store(samples, Relaxed);
        if samples == 1 {
            learnt.born.store(now, Relaxed);
        }
        let estimate = self.estimate(latency.max(1), samples);
        learnt.estimate.store(estimate, Relaxed);
        let before = learnt.baseline.load(Relaxed);
        let baseline = if samples < SETTLED { estimate } else { self.follow(estimate, now, is_credible) };
        learnt.baseline.store(baseline, Relaxed);
        // A rise of less than a nanosecond is left to a later sample.
        if baseline != before || estimate <= before || !is_credible {
            learnt.moved.store(now, Relaxed);
        }
    }

    /// Returns the estimate moved towards a latency: by steps whose sizes balance where the quantile is, and which no
    /// outlier makes larger. The first estimate is a mean, since one latency may be of another order.
    fn estimate(&self, latency: u64, samples: u32) -> u64 {
        let old = self.0.estimate.load(Relaxed);
        if samples <= KNOWN {
            let sum = float(old) * f64::from(samples - 1) + float(latency);
            return whole(sum / f64::from(samples));
        }
        let step = float(old) / f64::from(samples);
        if latency >= old {
            self.0.run.store(0, Relaxed);
            return latency.min(old + whole(step * QUANTILE));
        }
        let run = self.0.run.load(Relaxed).saturating_add(1);
        self.0.run.store(run, Relaxed);
        let hurry = if run >= RUN { 8.0 } else { 1.0 };
        latency.max(old.saturating_sub(whole(step * (1.0 - QUANTILE) * hurry)))
    }

    /// Returns the baseline moved towards the estimate: down at once, up slowly. It rises with the square of its age
    /// while it is young, for of the first requests the fast ones complete first.
    fn follow(&self, estimate: u64, now: u64, is_credible: bool) -> u64 {
        let baseline = self.nanos();
        if estimate <= baseline || !is_credible {
            return baseline.min(whole(float(estimate) / NOISE));
        }
        let [passed, age] =
            [&self.0.moved, &self.0.born].map(|since| float(now.saturating_sub(since.load(Relaxed))) / 1e9);
        let rise = (passed * RISE).max(2.0 * passed / age.max(passed).max(f64::EPSILON)).min(0.1);
        estimate.min(whole(float(baseline) * (1.0 + rise)))
    }

    fn nanos(&self) -> u64 {
        self.0.baseline.load(Relaxed).max(1)
    }
}
