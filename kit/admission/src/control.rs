//! The adjustments of a server's admission, window by window.

use crate::limiter::Limiter;
use crate::number::{count, float, nanos};
use crate::pressure::{Ladder, Pressure};
use crate::settings::Settings;
use crate::window::Seen;

/// Time without shedding after which latencies are credible as unloaded, in nanoseconds.
const CREDIBLE_AFTER: u64 = 2_000_000_000;
/// Time without shedding after which an overload is over, in nanoseconds.
const OVER_AFTER: u64 = 5_000_000_000;
/// Time from the start of an overload in which the limit is far from where it should be, in nanoseconds.
const ONSET: u64 = 1_000_000_000;
/// Requests that were cut short for each that tells, from which on the slowdown is more than these tell.
const CUT: f64 = 0.05;
/// Windows without a sample after which the last slowdown says nothing any longer.
const OUTDATED: u32 = 8;

/// The state between two windows.
#[derive(Debug)]
pub(crate) struct Control {
    limiter: Limiter,
    ladder: Ladder,
    /// Requests under way below which slow requests are no sign of load.
    busy: u32,
    /// Slowdown of the last window with enough samples, as a multiple of what is tolerated, and windows since.
    excess: (f64, u32),
    /// True if requests were shed since the limit was last adjusted.
    is_binding: bool,
    /// Requests that were cut short since the limit was last adjusted.
    cut: u64,
    /// Requests since the pressure was last adjusted, and the time of that, in nanoseconds.
    shed: u64,
    admitted: u64,
    pressed_at: u64,
    /// Least time between two adjustments of the pressure, in nanoseconds.
    window: u64,
    last_shed: Option<u64>,
    overloaded_since: Option<u64>,
}

/// The state until the next window.
#[derive(Debug)]
pub(crate) struct Decision {
    pub(crate) limit: u32,
    /// True if the limit is far from what it should be: the next adjustment should come soon.
    pub(crate) is_urgent: bool,
    /// Place on the ladder of pressures.
    pub(crate) pressure: u8,
    /// True if latencies may raise baselines.
    pub(crate) is_credible: bool,
    /// Time since when requests are shed, in nanoseconds.
    pub(crate) overloaded_since: Option<u64>,
}

impl Control {
    /// Creates the state of a server that has served nothing.
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            limiter: Limiter::new(settings),
            ladder: Ladder::default(),
            busy: settings.min / 2,
            excess: (0.0, 0),
            is_binding: false,
            cut: 0,
            shed: 0,
            admitted: 0,
            pressed_at: 0,
            window: nanos(settings.window),
            last_shed: None,
            overloaded_since: None,
        }
    }

    /// Adjusts limit and pressure after a window.
    pub(crate) fn adjust(&mut self, seen: &Seen, now: u64) -> Decision {
        self.cut += seen.cut;
        let quiet = self.last_shed.map_or(u64::MAX, |last| now.saturating_sub(last));
        if seen.shed > 0 {
            let since = self.overloaded_since.filter(|_| quiet < OVER_AFTER);
            self.overloaded_since = since.or(Some(now));
            self.last_shed = Some(now);
            self.is_binding = true;
        } else if quiet >= OVER_AFTER {
            self.overloaded_since = None;
        }
        let mut is_urgent = self.overloaded_since.is_some_and(|since| now.saturating_sub(since) < ONSET);
        if let Some(typical) = seen.typical {
            let are_cut = float(std::mem::take(&mut self.cut)) >= CUT * float(typical.samples);
            self.excess = (self.limiter.update(typical, seen.peak, self.is_binding, are_cut), 0);
            is_urgent |= self.is_binding && self.excess.0 > 1.0;
            self.is_binding = false;
        } else {
            self.excess.1 += 1;
        }
        Decision {
            limit: count(self.limiter.limit()),
            is_urgent,
            pressure: self.press(seen, now),
            is_credible: seen.shed == 0 && quiet >= CREDIBLE_AFTER,
            overloaded_since: self.overloaded_since,
        }
    }

    /// Returns the place on the ladder. Windows that are cut short say too little by themselves.
    fn press(&mut self, seen: &Seen, now: u64) -> u8 {
        self.shed += seen.shed;
        self.admitted += seen.admitted;
        if now.saturating_sub(self.pressed_at) < self.window {
            return self.ladder.step();
        }
        let is_known = self.excess.1 < OUTDATED && seen.peak >= self.busy;
        let excess = if is_known { self.excess.0 } else { 0.0 };
        let asked = Pressure::of(self.shed, self.admitted, excess);
        (self.shed, self.admitted, self.pressed_at) = (0, 0, now);
        self.ladder.update(asked, now)
    }
}
