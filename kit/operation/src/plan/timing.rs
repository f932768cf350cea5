//! Latest ends of the calls of an operation.

use std::time::Duration;

use rpc::{Policies, Slot};

use crate::call_graph::{CallGraph, FetchNode};
use crate::schema::{StepInfo, StepKind};

/// Latest ends of the waves of an operation, as offsets from the start of the request.
pub(super) struct Timing {
    /// End of the last call if every call takes as long as its policy allows: the longest path through the calls, each
    /// of which starts once the calls that its keys come from have ended.
    pub(super) uncut: Duration,
    /// End of each wave if every call takes as long as its policy allows, counted from 1.
    waves: Vec<Duration>,
    deadline: Duration,
}

/// Splits the deadline over the waves of a call graph: no slot and no awaited command may take more than its share.
pub(crate) fn with_shares(mut call_graph: CallGraph, deadline: Duration, policies: &Policies) -> CallGraph {
    let timing = Timing::of(&call_graph, policies, deadline);
    let share = |(slot, fetch): (&Slot, &FetchNode)| Slot { until: timing.share(fetch.wave), ..slot.clone() };
    let slots: Vec<_> = call_graph.slots().iter().zip(&call_graph.fetches).map(share).collect();
    call_graph.set_slots(slots);
    for command in call_graph.commands.iter_mut().filter(|it| it.step.kind == StepKind::Command) {
        command.until = timing.share(command.wave);
    }
    call_graph
}

impl Timing {
    pub(super) fn of(call_graph: &CallGraph, policies: &Policies, deadline: Duration) -> Self {
        let timeout =
            |step: &StepInfo| policies.get(&step.name).map_or(Duration::ZERO, |policy| policy.timeout);
        let commands = || call_graph.commands.iter().filter(|send| send.step.kind == StepKind::Command);
        let last =
            call_graph.fetches.iter().map(|fetch| fetch.wave).chain(commands().map(|send| send.wave)).max();
        let mut waves = vec![Duration::ZERO; last.unwrap_or_default() + 1];
        let mut ends = vec![Duration::ZERO; call_graph.fetches.len()];
        for wave in 1..waves.len() {
            let before = waves[wave - 1];
            let mut over = before;
            for (slot, fetch) in call_graph.fetches.iter().enumerate().filter(|(_, fetch)| fetch.wave == wave)
            {
                // A fetch without a producer starts after all calls before it, as in a mutation.
                let start = fetch.from.iter().map(|from| ends[*from]).max().unwrap_or(before);
                ends[slot] = start + timeout(&fetch.step);
                over = over.max(ends[slot]);
            }
            over = commands()
                .filter(|send| send.wave == wave)
                .map(|send| before + timeout(&send.step))
                .fold(over, Duration::max);
            waves[wave] = over;
        }
        Self { uncut: waves.last().copied().unwrap_or_default(), waves, deadline }
    }

    /// Returns true if the deadline leaves less time than the calls may take.
    pub(super) fn is_cut(&self) -> bool {
        self.uncut > self.deadline
    }

    /// Returns the latest end of a wave. If the deadline is too short for all waves, each has its share of it, so that
    /// the waves behind have theirs; time that a wave does not use is left to the next.
    pub(super) fn until(&self, wave: usize) -> Duration {
        let until = self.waves.get(wave).copied().unwrap_or(self.uncut);
        if self.is_cut() {
            self.deadline.mul_f64(until.as_secs_f64() / self.uncut.as_secs_f64())
        } else {
            until
        }
    }

    /// Returns the offset at which the calls of a wave must have ended; `None` if the deadline leaves every call the
    /// time it may take.
    fn share(&self, wave: usize) -> Option<Duration> {
        self.is_cut().then(|| self.until(wave))
    }
}
