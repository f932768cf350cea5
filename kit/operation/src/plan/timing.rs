//! When the calls of an operation are over at the latest.

use std::time::Duration;

use rpc::Policies;

use crate::Outline;
use crate::schema::{StepInfo, StepKind};

/// When the waves of an operation are over, counted from the start of the request.
pub(crate) struct Timing {
    /// When all is over if every call takes as long as its policy lets it: the longest way through the calls, each of
    /// which starts once those are over that its keys come from.
    pub(super) uncut: Duration,
    /// The same for each wave, counted from 1.
    waves: Vec<Duration>,
    deadline: Duration,
}

impl Timing {
    pub(crate) fn of(outline: &Outline, policies: &Policies, deadline: Duration) -> Self {
        let timeout =
            |step: &StepInfo| policies.get(&step.name).map_or(Duration::ZERO, |policy| policy.timeout);
        let sends = || outline.sends.iter().filter(|send| send.step.kind == StepKind::Send);
        let last = outline.asks.iter().map(|ask| ask.wave).chain(sends().map(|send| send.wave)).max();
        let mut waves = vec![Duration::ZERO; last.unwrap_or_default() + 1];
        let mut ends = vec![Duration::ZERO; outline.asks.len()];
        for wave in 1..waves.len() {
            let before = waves[wave - 1];
            let mut over = before;
            for (slot, ask) in outline.asks.iter().enumerate().filter(|(_, ask)| ask.wave == wave) {
                // What nothing leads to stands behind all that ran before, as in a mutation.
                let start = ask.from.iter().map(|from| ends[*from]).max().unwrap_or(before);
                ends[slot] = start + timeout(&ask.step);
                over = over.max(ends[slot]);
            }
            over = sends()
                .filter(|send| send.wave == wave)
                .map(|send| before + timeout(&send.step))
                .fold(over, Duration::max);
            waves[wave] = over;
        }
        Self { uncut: waves.last().copied().unwrap_or_default(), waves, deadline }
    }

    /// Whether the deadline leaves less time than the calls may take.
    pub(super) fn is_cut(&self) -> bool {
        self.uncut > self.deadline
    }

    /// When a wave is over at the latest. Where the deadline is too short for all of them, each has its share of it,
    /// so that those behind it have theirs; time that a wave does not use is left to the next.
    pub(super) fn until(&self, wave: usize) -> Duration {
        let until = self.waves.get(wave).copied().unwrap_or(self.uncut);
        if self.is_cut() {
            self.deadline.mul_f64(until.as_secs_f64() / self.uncut.as_secs_f64())
        } else {
            until
        }
    }

    /// When the calls of a wave must have ended; none where the deadline leaves every call the time it may take.
    pub(crate) fn share(&self, wave: usize) -> Option<Duration> {
        self.is_cut().then(|| self.until(wave))
    }
}
