//! Settings of an admission.

use std::time::Duration;

use crate::priority::Priority;

/// Bounds and tolerances of an [`Admission`](crate::Admission).
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Requests under way below which nothing is shed, whatever its priority and however slow the server. 32 by default.
    pub min: u32,
    /// Most requests under way at a time, of all priorities: the limit at the start, and so the longest queue at the
    /// start of an overload. 512 by default. The limit is never below `min` over the least part of it that a priority
    /// may use, even if that is more: 54 by default.
    pub max: u32,
    /// Part of the limit that [`Priority::Usual`] may use, in percent. 80 by default.
    pub usual_percent: u32,
    /// Part of the limit that [`Priority::Background`] may use, in percent. 60 by default.
    pub background_percent: u32,
    /// Slowdown above which latency is taken for a sign of overload while nothing is shed, as a multiple of the
    /// baseline. 1.5 by default.
    pub tolerance: f64,
    /// Latency that is added to the tolerance, for operations so short that the machine's noise is as long. 2 ms by
    /// default.
    pub slack: Duration,
    /// Time between two adjustments of the limit and of the pressure. 250 ms by default.
    pub window: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            min: 32,
            max: 512,
            usual_percent: 80,
            background_percent: 60,
            tolerance: 1.5,
            slack: Duration::from_millis(2),
            window: Duration::from_millis(250),
        }
    }
}

impl Settings {
    /// Returns the part of the limit that a priority may use, in percent.
    pub(crate) fn percent(&self, priority: Priority) -> u32 {
        match priority {
            Priority::Essential => 100,
            Priority::Usual => self.usual_percent.clamp(1, 100),
            Priority::Background => self.background_percent.clamp(1, 100),
        }
    }

    /// Returns the least limit: even the part of it that the lowest priority may use is `min`.
    pub(crate) fn floor(&self) -> u32 {
        self.min.max(1).saturating_mul(100).div_ceil(self.least_percent())
    }

    /// Returns the least part of the limit that a priority may use, in percent.
    pub(crate) fn least_percent(&self) -> u32 {
        self.percent(Priority::Usual).min(self.percent(Priority::Background))
    }
}
