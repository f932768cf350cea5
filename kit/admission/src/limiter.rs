//! The limit, adjusted by the slowdown of requests.

#[cfg(test)]
mod tests;

use crate::number::{float, nanos};
use crate::ratios::Typical;
use crate::response::{Response, Verdict};
use crate::settings::Settings;
use crate::trial::Trial;

/// Slowdown that the limit aims at while requests are shed: a queue short enough not to be felt, long enough for no
/// server to wait.
const TARGET: f64 = 1.1;
/// Error of the slowdown of one sample, as a part of it: that of many falls with the root of their number. It is three
/// standard deviations where latencies are distributed exponentially.
const ERROR: f64 = 5.0;
/// Least and most that one adjustment multiplies the limit by.
const STEP: [f64; 2] = [0.4, 1.25];
/// Growth that each window without a queue adds to that of the next, from the fifth on.
const HASTE: f64 = 0.05;
/// Part of the limit from which on it counts as used, of what the lowest priority may use.
const USED: f64 = 0.8;
/// Growth of a limit that is used, and of one that is not, in one adjustment.
const GROWTH: [f64; 2] = [1.1, 1.005];
/// Room above the requests under way that a slow server keeps while nothing is shed: a part of them, and a number.
const ROOM: [f64; 2] = [1.25, 8.0];
/// Part of the peak that is left of it in the next window.
const FADING: f64 = 0.99;
/// Adjustments after a window with requests that were cut short for which latencies may be theirs still.
const CUT: u32 = 16;

/// The limit of requests under way.
#[derive(Debug)]
pub(crate) struct Limiter {
    floor: f64,
    max: f64,
    /// Least part of the limit that a priority may use.
    share: f64,
    tolerance: f64,
    /// Latency in nanoseconds that is added to the tolerance.
    slack: f64,
    limit: f64,
    /// Most requests under way lately.
    peak: f64,
    response: Response,
    /// Error of the last slowdown, as a part of it.
    error: f64,
    /// Windows without a queue, one after another, while requests were shed.
    calm: f64,
    trial: Trial,
    /// Adjustments for which nothing is concluded from latencies that stay, since deadlines cut requests short.
    cut: u32,
}

impl Limiter {
    /// Creates a limiter whose limit is at its most.
    pub(crate) fn new(settings: &Settings) -> Self {
        let floor = f64::from(settings.floor());
        let max = f64::from(settings.max).max(floor);
        Self {
            floor,
            max,
            share: f64::from(settings.least_percent()) / 100.0,
            tolerance: settings.tolerance.max(TARGET),
            slack: float(nanos(settings.slack)),
            limit: max,
            peak: 0.0,
            response: Response::default(),
            error: 0.0,
            calm: 0.0,
            trial: Trial::default(),
            cut: 0,
        }
    }

    /// Returns the limit.
    pub(crate) fn limit(&self) -> f64 {
        self.limit
    }

    /// Adjusts the limit after a window with these requests and most requests under way; it is binding if requests were
    /// shed. If some are cut short, deadlines hide how slow they are. Returns the slowdown that is due to load, as a multiple of what is tolerated.
    pub(crate) fn update(&mut self, typical: Typical, peak: u32, is_binding: bool, are_cut: bool) -> f64 {
        self.cut = if are_cut { CUT } else { self.cut.saturating_sub(1) };
        self.error = ERROR / float(typical.samples).sqrt();
        self.peak = f64::from(peak).max(self.peak * FADING);
        let slowdown = self.response.slowdown(typical.slowdown, is_binding);
        let slack = self.slack / float(typical.unloaded);
        let excess = slowdown / (self.tolerance + slack);
        let limit = if !is_binding {
            self.trial.stop();
            self.response.settle();
            self.follow(f64::from(peak), slowdown - slack)
        } else if slowdown > TARGET || self.trial.is_running() {
            self.doubt(typical, slowdown)
        } else {
            self.grow(slowdown)
        };
        self.limit = limit.clamp(self.floor, self.max);
        excess
    }

    /// Returns a higher limit, the faster the longer no queue has been seen.
    fn grow(&mut self, slowdown: f64) -> f64 {
        self.trial = Trial::default();
        self.response.settle();
        self.calm += 1.0;
        let haste = 1.0 + HASTE * (self.calm - 4.0).max(0.0);
        self.limit * (self.step(slowdown) * haste).min(STEP[1])
    }

    /// Returns a lower limit, unless lower ones have turned out to be of no use.
    fn doubt(&mut self, typical: Typical, slowdown: f64) -> f64 {
        self.calm = 0.0;
        let ratio = typical.slowdown;
        let verdict = if self.cut > 0 {
            // Deadlines hide how much longer requests would have taken: that they take as long as before says nothing.
            self.response.settle();
            Verdict::Responds
        } else {
            self.response.judge(self.limit, ratio)
        };
        match (verdict, self.trial.is_running()) {
            // Shedding does not help, so it ends.
            (Verdict::Ignores(before), _) => {
                self.trial = Trial::default();
                before.max(self.limit)
            }
            (Verdict::Open | Verdict::Doubtful, true) => self.limit * 2.0,
            (Verdict::Responds, true) => {
                self.trial.fail();
                self.floor
            }
            (_, false) if self.limit > self.floor => self.limit * self.step(slowdown),
            (_, false) if self.trial.start() => {
                self.response.start(self.limit, ratio);
                self.limit * 2.0
            }
            (_, false) => self.limit,
        }
    }

    /// Returns the limit while nothing is shed: it closes in on the requests under way if they are slow, so that a
    /// queue cannot grow, but a server that is slow and keeps up sheds nothing.
    fn follow(&self, peak: f64, slowdown: f64) -> f64 {
        if slowdown > self.tolerance {
            return self.limit.min((self.peak * ROOM[0] + ROOM[1]) / self.share);
        }
        match (peak >= self.limit * self.share * USED, slowdown <= TARGET) {
            (true, true) => self.limit * GROWTH[0],
            (true, false) => self.limit,
            (false, _) => self.limit * GROWTH[1],
        }
    }

    /// Returns the factor from the limit to the one at which the slowdown is the target, if a queue causes the slowdown.
    /// The factor is the cube root of that where the difference may be an error.
    fn step(&self, slowdown: f64) -> f64 {
        let step = TARGET / slowdown;
        let is_error = step.max(1.0 / step) <= 1.0 + self.error;
        if is_error { step.cbrt() } else { step.clamp(STEP[0], STEP[1]) }
    }
}
