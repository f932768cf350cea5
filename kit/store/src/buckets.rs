//! Buckets of units that replicas share.

use std::fmt::Debug;
use std::num::NonZeroU32;
use std::time::Duration;

use crate::Stored;

/// Pace and size of a bucket: the time in which one unit comes back, and the units in a whole one. The state of a
/// bucket is its *debt*, the time until it is whole again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    unit: Duration,
    burst: NonZeroU32,
}

impl Rate {
    /// Longest time in which an empty bucket may become whole. Redis computes with doubles, which count nanoseconds
    /// exactly up to 104 days.
    pub const MAX_WHOLE: Duration = Duration::from_hours(24 * 100);

    /// Creates a rate: one unit comes back in each `unit` of time, up to `burst` units. Returns `None` if `unit` is
    /// zero, or if an empty bucket would take longer than [`Rate::MAX_WHOLE`].
    #[must_use]
    pub fn new(unit: Duration, burst: NonZeroU32) -> Option<Self> {
        let whole = unit.checked_mul(burst.get())?;
        (!unit.is_zero() && whole <= Self::MAX_WHOLE).then_some(Self { unit, burst })
    }

    /// Time in which one unit comes back.
    #[must_use]
    pub fn unit(self) -> Duration {
        self.unit
    }

    /// Units of a whole bucket: the most that can be taken at once.
    #[must_use]
    pub fn burst(self) -> NonZeroU32 {
        self.burst
    }

    /// Time in which an empty bucket becomes whole.
    #[must_use]
    pub fn whole(self) -> Duration {
        self.unit * self.burst.get()
    }

    /// Units that a bucket with this debt still has.
    #[must_use]
    pub fn remaining(self, debt: Duration) -> u32 {
        let units = self.whole().saturating_sub(debt).as_nanos() / self.unit.as_nanos();
        u32::try_from(units).unwrap_or(u32::MAX)
    }

    /// Time until a bucket with this debt has so many units; zero if it has them. More than a burst it never has.
    #[must_use]
    pub fn wait(self, debt: Duration, units: u32) -> Duration {
        self.unit.saturating_mul(units).saturating_add(debt).saturating_sub(self.whole())
    }
}

/// Result of an attempt to take units from a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// True if the units were there and are taken. Otherwise none is.
    pub admitted: bool,
    /// Debt of the bucket after the attempt.
    pub debt: Duration,
}

/// Keeps buckets by key. A bucket that nothing was taken from is whole.
pub trait Buckets: Debug + Send + Sync {
    /// Takes all of these units from the bucket under a key, or none. Replicas that take at once never get more than
    /// the rate gives.
    fn take<'a>(&'a self, key: &'a str, units: u32, rate: Rate) -> Stored<'a, Taken>;
}
