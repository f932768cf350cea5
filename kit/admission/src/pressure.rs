//! The pressure on a server.

#[cfg(test)]
mod tests;

use crate::number::float;

/// Pressure on a server: the higher, the more of an answer's optional parts should be left out.
///
/// It goes up by at most one step a window, and comes down by one step for every 2 s that ask for less.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pressure {
    /// Nothing is shed, and requests take their usual time.
    #[default]
    None,
    /// Requests are slower than the tolerance, or some are shed. Slowness alone gets no further: its reason may be a
    /// service that no shedding makes faster.
    Moderate,
    /// 5 % of all requests are shed.
    High,
    /// 30 % of all requests are shed.
    Severe,
}

/// Time that must ask for less before the pressure comes down by a step, in nanoseconds.
const SETTLE: u64 = 2_000_000_000;

impl Pressure {
    const LADDER: [Self; 4] = [Self::None, Self::Moderate, Self::High, Self::Severe];

    /// Returns the pressure with this place on the ladder.
    pub(crate) fn at(step: u8) -> Self {
        Self::LADDER.get(usize::from(step)).copied().unwrap_or(Self::Severe)
    }

    /// Returns the pressure of one window by itself: requests shed and admitted, and slowdown over the tolerance.
    pub(crate) fn of(shed: u64, admitted: u64, excess: f64) -> Self {
        let part = float(shed) / float((shed + admitted).max(1));
        if part >= 0.3 {
            Self::Severe
        } else if part >= 0.05 {
            Self::High
        } else if part > 0.0 || excess > 1.0 {
            Self::Moderate
        } else {
            Self::None
        }
    }
}

/// The pressure over time.
#[derive(Debug, Default)]
pub(crate) struct Ladder {
    step: u8,
    /// Time at which the step was last asked for or taken, in nanoseconds.
    held_at: u64,
}

impl Ladder {
    /// Returns the current step.
    pub(crate) fn step(&self) -> u8 {
        self.step
    }

    /// Returns the step after a window that asks for a pressure by itself.
    pub(crate) fn update(&mut self, asked: Pressure, now: u64) -> u8 {
        let asked = asked as u8;
        if asked >= self.step {
            self.step += u8::from(asked > self.step);
            self.held_at = now;
        }
        // Several steps at once where nothing happened for long: no request, no window.
        while self.step > asked && now.saturating_sub(self.held_at) >= SETTLE {
            self.step -= 1;
            self.held_at += SETTLE;
        }
        self.step
    }
}
