//! A part of the keys.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use governor::clock::{Clock as _, Reference as _};
use governor::middleware::StateInformationMiddleware;
use governor::{Quota, RateLimiter};
use store::{Rate, Taken};

use crate::clock::TokioClock;
use crate::slots::Slots;

/// Least time between two sweeps of a shard, in nanoseconds. A sweep of 4,096 keys takes some 10 µs.
const SWEEP_EVERY_NS: u64 = 1_000_000_000;

/// The buckets of a part of the keys, and the rules for them.
#[derive(Debug)]
pub(crate) struct Shard {
    slots: Slots,
    limiter: RateLimiter<u64, Slots, TokioClock, StateInformationMiddleware>,
    rate: Rate,
    /// Earliest time of the next sweep, in nanoseconds of the limiter's clock.
    sweep_at_ns: AtomicU64,
}

impl Shard {
    /// Creates a shard for so many keys.
    pub(crate) fn new(rate: Rate, max_keys: usize) -> Self {
        let quota = Quota::with_period(rate.unit()).expect("the unit of a rate is not zero");
        let slots = Slots::new(max_keys);
        let clock = TokioClock::new();
        let limiter = RateLimiter::new(quota.allow_burst(rate.burst()), slots.clone(), clock);
        Self { slots, limiter, rate, sweep_at_ns: AtomicU64::new(0) }
    }

    /// Takes units from the bucket of a key.
    pub(crate) fn take(&self, key: u64, units: NonZeroU32) -> Taken {
        let now = || self.limiter.clock().now();
        let (rate, burst) = (self.rate, self.rate.burst().get());
        let taken = match self.limiter.check_key_n(&key, units) {
            // The snapshot tells whole units: the debt is up to one unit's time less.
            Ok(Ok(state)) => {
                let used = burst.saturating_sub(state.remaining_burst_capacity());
                Taken { admitted: true, debt: rate.unit() * used }
            }
            Ok(Err(not_until)) => {
                let has = rate.unit() * (burst - units.get());
                Taken { admitted: false, debt: not_until.wait_time_from(now()) + has }
            }
            Err(_more_than_a_burst) => {
                // The limiter counts from its creation, some nanoseconds after that of its clock.
                let debt: Duration = self.slots.whole_at(key).duration_since(now()).into();
                Taken { admitted: false, debt }
            }
        };
        if self.slots.is_crowded() {
            self.sweep(now().as_u64());
        }
        taken
    }

    /// Forgets the buckets that are whole, unless the shard was swept a short time before.
    fn sweep(&self, now_ns: u64) {
        let due = self.sweep_at_ns.load(Ordering::Relaxed);
        let next = now_ns.saturating_add(SWEEP_EVERY_NS);
        let mine = || self.sweep_at_ns.compare_exchange(due, next, Ordering::Relaxed, Ordering::Relaxed);
        if due <= now_ns && mine().is_ok() {
            self.limiter.retain_recent();
        }
    }

    /// Number of keys that have buckets of their own.
    pub(crate) fn keys(&self) -> usize {
        self.limiter.len()
    }
}
