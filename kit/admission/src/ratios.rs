//! The slowdowns of a window's requests, by operation.

#[cfg(test)]
mod tests;

use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicU32, AtomicU64};

use crate::number::{count, float};

/// Buckets of a doubling: each is 12 % wide.
const PER_DOUBLING: f64 = 6.0;
/// Doublings below 1 that the buckets reach: a quarter of the baseline. Above, they reach 1,024 times it.
const BELOW: f64 = 2.0;
const BUCKETS: usize = 72;
/// Rows. Operations beyond so many share them.
const ROWS: usize = 32;
/// The part of an operation's requests that are faster than its slowdown tells, as that of its baseline.
pub(crate) const QUANTILE: f64 = 0.4;
/// The part of all operations, by their requests, that are slowed down less than the server counts as. Below a half, so
/// that of two operations the one that hangs says nothing about the other. Overload slows down all of them.
const TYPICAL: f64 = 0.4;
/// Most that one operation counts for, as a part of all requests.
const CAP: f64 = 1.0 / 3.0;

/// The slowdown of the typical operation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Typical {
    pub(crate) slowdown: f64,
    /// Its latency without load, in nanoseconds.
    pub(crate) unloaded: u64,
    /// Number of requests that tell, of all operations.
    pub(crate) samples: u64,
}

/// Counts of ratios: a row for each operation, in buckets of equal relative width.
#[derive(Debug)]
pub(crate) struct Ratios(Box<[Row]>);

#[derive(Debug)]
struct Row {
    total: AtomicU32,
    /// Requests of the operation that were admitted.
    admitted: AtomicU32,
    /// Latency of the operation without load, in nanoseconds, as of its last request.
    unloaded: AtomicU64,
    buckets: [AtomicU32; BUCKETS],
}

impl Default for Ratios {
    fn default() -> Self {
        let row = || Row {
            total: AtomicU32::new(0),
            admitted: AtomicU32::new(0),
            unloaded: AtomicU64::new(1),
            buckets: [const { AtomicU32::new(0) }; BUCKETS],
        };
        Self((0..ROWS).map(|_| row()).collect())
    }
}

impl Ratios {
    /// Counts a latency of the operation with this number, by its ratio to that without load.
    pub(crate) fn add(&self, operation: usize, latency: u64, unloaded: u64) {
        let ratio = float(latency) / float(unloaded);
        // The baseline lies within its bucket just where the quantile is found if all ratios are 1.
        let index = count((ratio.log2() + BELOW) * PER_DOUBLING + QUANTILE) as usize;
        let Some(row) = self.0.get(operation % ROWS) else { return };
        if let Some(bucket) = row.buckets.get(index).or(row.buckets.last()) {
            bucket.fetch_add(1, Relaxed);
            row.total.fetch_add(1, Relaxed);
            row.unloaded.store(unloaded, Relaxed);
        }
    }

    /// Counts an admitted request of the operation with this number.
    pub(crate) fn admit(&self, operation: usize) {
        if let Some(row) = self.0.get(operation % ROWS) {
            row.admitted.fetch_add(1, Relaxed);
        }
    }

    /// Returns true if the operations that have ratios make up half of what was admitted at least. Quick ones have some
    /// first, when nothing is known yet of those that queue.
    pub(crate) fn are_of_most(&self) -> bool {
        let (mut known, mut all) = (0, 0);
        for row in &self.0 {
            let admitted = u64::from(row.admitted.load(Relaxed));
            all += admitted;
            known += if row.total.load(Relaxed) > 0 { admitted } else { 0 };
        }
        known * 2 >= all
    }

    /// Returns the number of ratios.
    pub(crate) fn total(&self) -> u64 {
        self.0.iter().map(|row| u64::from(row.total.load(Relaxed))).sum()
    }

    /// Removes all ratios; returns the slowdown of the typical operation.
    pub(crate) fn take(&self) -> Option<Typical> {
        let samples = self.total();
        let most = float(samples) * CAP;
        let mut rows: Vec<_> = self.0.iter().filter_map(|row| row.take(most)).collect();
        rows.sort_by(|one, other| one.slowdown.total_cmp(&other.slowdown));
        let mut left = TYPICAL * rows.iter().map(|row| row.weight).sum::<f64>();
        let typical = rows.iter().find(|row| {
            left -= row.weight;
            left <= 0.0
        });
        typical.map(|row| Typical { slowdown: row.slowdown, unloaded: row.unloaded, samples })
    }
}

/// The ratios of an operation in short.
struct Taken {
    slowdown: f64,
    unloaded: u64,
    /// Weight of the operation among others, in requests.
    weight: f64,
}

impl Row {
    /// Removes the ratios of an operation, which counts for so many requests at most.
    fn take(&self, most: f64) -> Option<Taken> {
        self.admitted.store(0, Relaxed);
        let total = f64::from(self.total.swap(0, Relaxed));
        if total == 0.0 {
            return None;
        }
        let wanted = total * QUANTILE;
        let (mut below, mut found, mut edge) = (0.0, None, -BELOW * PER_DOUBLING - QUANTILE);
        for bucket in &self.buckets {
            let here = f64::from(bucket.swap(0, Relaxed));
            if found.is_none() && here > 0.0 && below + here >= wanted {
                found = Some(((edge + (wanted - below) / here) / PER_DOUBLING).exp2());
            }
            below += here;
            edge += 1.0;
        }
        let unloaded = self.unloaded.load(Relaxed);
        found.map(|slowdown| Taken { slowdown, unloaded, weight: total.min(most) })
    }
}
