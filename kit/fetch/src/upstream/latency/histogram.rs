//! Counts of calls by the time they took.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Each power of two has eight buckets, so that a bound is longer than the time by an eighth at most.
const SPLIT: u32 = 3;
const PER_OCTAVE: usize = 1 << SPLIT;

/// The shortest time told apart is 2^6 µs = 64 µs, the longest 2^26 µs = 67 s.
const FIRST_OCTAVE: u32 = 6;
const LAST_OCTAVE: u32 = 26;
const BUCKETS: usize = (LAST_OCTAVE - FIRST_OCTAVE) as usize * PER_OCTAVE;

/// Counts of calls by the time they took, in buckets that grow with the time.
#[derive(Debug)]
pub(super) struct Histogram([AtomicU32; BUCKETS]);

impl Histogram {
    pub(super) const fn new() -> Self {
        Self([const { AtomicU32::new(0) }; BUCKETS])
    }

    /// Counts a call that took this time.
    pub(super) fn add(&self, time: Duration) {
        if let Some(count) = self.0.get(bucket(time)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn clear(&self) {
        self.0.iter().for_each(|count| count.store(0, Ordering::Relaxed));
    }

    /// Returns the counts, from the shortest time to the longest.
    pub(super) fn counts(&self) -> impl Iterator<Item = u32> {
        self.0.iter().map(|count| count.load(Ordering::Relaxed))
    }
}

/// Returns the position of the bucket of a time.
fn bucket(time: Duration) -> usize {
    let longest = (1 << LAST_OCTAVE) - 1;
    let us = u32::try_from(time.as_micros()).unwrap_or(u32::MAX).clamp(1 << FIRST_OCTAVE, longest);
    let octave = us.ilog2();
    // The three bits below the highest.
    let within = (us >> (octave - SPLIT)) as usize % PER_OCTAVE;
    (octave - FIRST_OCTAVE) as usize * PER_OCTAVE + within
}

/// Returns the time below which all times of the bucket at this position are.
pub(super) fn bound(bucket: usize) -> Duration {
    let octave = FIRST_OCTAVE as usize + bucket / PER_OCTAVE;
    let eighths = PER_OCTAVE + bucket % PER_OCTAVE + 1;
    Duration::from_micros((eighths as u64) << (octave - SPLIT as usize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_below_the_bound_of_its_bucket_by_an_eighth_at_most() {
        for us in (64..5_000).chain((5_000..67_000_000).step_by(997)) {
            let (time, bound) = (Duration::from_micros(us), bound(bucket(Duration::from_micros(us))));
            assert!(
                time < bound && bound <= time + time / 8 + Duration::from_micros(8),
                "{time:?} {bound:?}"
            );
        }
        assert_eq!(bucket(Duration::ZERO), 0);
        assert_eq!(bucket(Duration::MAX), BUCKETS - 1);
    }
}
