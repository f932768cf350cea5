//! The quota of a key.

use std::error::Error;
use std::fmt;
use std::num::NonZeroU32;
use std::time::Duration;

use store::Rate;

/// Least time in which a unit comes back: its rounding to nanoseconds changes the quota by 1 % at most.
const LEAST_UNIT: Duration = Duration::from_nanos(100);

/// Units that each key may use in a window of time. They come back one by one, evenly over the window; a burst is the
/// most that a key has at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quota {
    name: String,
    units: u32,
    window: Duration,
    rate: Rate,
}

/// Reason why numbers or a name make no quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuotaError {
    /// The name is empty, or has other characters than ASCII letters, digits, `-`, `_` and `.`.
    Name,
    /// There are no units, or more than ten million for each second of the window.
    Units,
    /// The window is zero, has a fraction of a second, which headers cannot say, or is longer than [`Rate::MAX_WHOLE`].
    Window,
    /// The burst has no units, or takes longer than [`Rate::MAX_WHOLE`] to come back.
    Burst,
}

impl Quota {
    /// Creates a quota of so many units in each window. The name stands in headers and in the keys of a shared store:
    /// quotas that share a store have different names. A burst is all units of a window, unless
    /// [`with_burst`](Self::with_burst) says otherwise.
    pub fn new(name: &str, units: u32, window: Duration) -> Result<Self, QuotaError> {
        let plain = |it: char| it.is_ascii_alphanumeric() || "-_.".contains(it);
        if name.is_empty() || !name.chars().all(plain) {
            return Err(QuotaError::Name);
        }
        if window.is_zero() || window.subsec_nanos() != 0 {
            return Err(QuotaError::Window);
        }
        let burst = NonZeroU32::new(units).ok_or(QuotaError::Units)?;
        // Rounded up, so that no window gives more than its units.
        let unit_ns = window.as_nanos().div_ceil(u128::from(units));
        let unit = Duration::from_nanos(u64::try_from(unit_ns).map_err(|_| QuotaError::Window)?);
        if unit < LEAST_UNIT {
            return Err(QuotaError::Units);
        }
        let rate = Rate::new(unit, burst).ok_or(QuotaError::Window)?;
        Ok(Self { name: name.to_owned(), units, window, rate })
    }

    /// Changes the most units that a key has at once.
    pub fn with_burst(self, burst: u32) -> Result<Self, QuotaError> {
        let burst = NonZeroU32::new(burst).ok_or(QuotaError::Burst)?;
        let rate = Rate::new(self.rate.unit(), burst).ok_or(QuotaError::Burst)?;
        Ok(Self { rate, ..self })
    }

    /// Name of the quota, as headers say it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Units that a key may use in each window.
    #[must_use]
    pub fn units(&self) -> u32 {
        self.units
    }

    /// Time in which the units come back.
    #[must_use]
    pub fn window(&self) -> Duration {
        self.window
    }

    /// Most units that a key has at once.
    #[must_use]
    pub fn burst(&self) -> u32 {
        self.rate.burst().get()
    }

    pub(crate) fn rate(&self) -> Rate {
        self.rate
    }
}

impl fmt::Display for QuotaError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Name => "the name of a quota has ASCII letters, digits, `-`, `_` and `.`, and is not empty",
            Self::Units => "a quota has at least one unit, and at most ten million for each second",
            Self::Window => {
                "the window of a quota has whole seconds, at least one, and its units come back within 100 days"
            }
            Self::Burst => "the burst of a quota has at least one unit, and comes back within 100 days",
        })
    }
}

impl Error for QuotaError {}
