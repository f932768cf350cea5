//! The state of a breaker: closed, open, or half-open for a few probes.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::window::{Verdict, Window};
use crate::Decision;

/// Time for which a breaker stays open at first. It doubles with each opening in a row.
const FIRST_OPEN: Duration = Duration::from_secs(5);
const MAX_OPEN: Duration = Duration::from_mins(1);

/// Share of that time which is random, so that the servers of a fleet do not send their probes together.
const JITTER: f64 = 0.2;

/// Number of probes at a time, and of good ones that close the breaker.
const PROBES: u32 = 3;

/// The breaker of an RPC. Its state is behind a mutex: a call holds it twice, for tens of nanoseconds and never across
/// an await, as calls do with the state of their endpoint; and a call must be counted, judged and let through in one
/// step, so that no more probes pass than may.
#[derive(Debug)]
pub(in super::super) struct Breaker {
    min_calls: u32,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    /// The calls since the breaker was closed.
    window: Window,
    /// Number of changes of the phase. A call that began in an earlier phase says nothing about this one.
    changes: u64,
    /// Number of openings of which each came within a minute of the last closing.
    openings: u32,
    closed_at: Option<Instant>,
}

#[derive(Debug)]
enum Phase {
    Closed,
    Open { until: Instant },
    HalfOpen { probes: u32, good: u32 },
}

/// Permission to make one call, to be given back with the verdict.
#[derive(Clone, Copy, Debug)]
pub(super) struct Passage {
    changes: u64,
}

impl Breaker {
    /// Creates a breaker that judges by this number of calls at least; 0 for one that never opens.
    pub(in super::super) fn new(min_calls: u32) -> Self {
        let window = Window::new(Instant::now());
        let state = State { phase: Phase::Closed, window, changes: 0, openings: 0, closed_at: None };
        Self { min_calls, state: Mutex::new(state) }
    }

    pub(super) fn ever_opens(&self) -> bool {
        self.min_calls > 0
    }

    /// Returns true unless the breaker is open or half-open.
    pub(in super::super) fn is_closed(&self) -> bool {
        matches!(self.state().phase, Phase::Closed)
    }

    /// Lets a call through; `None` if it must not be made.
    pub(super) fn enter(&self, now: Instant) -> Option<Passage> {
        let mut state = self.state();
        if matches!(state.phase, Phase::Open { until } if until <= now) {
            state.change(Phase::HalfOpen { probes: 0, good: 0 });
        }
        match &mut state.phase {
            Phase::Closed => {}
            Phase::HalfOpen { probes, .. } if *probes < PROBES => *probes += 1,
            Phase::Open { .. } | Phase::HalfOpen { .. } => return None,
        }
        Some(Passage { changes: state.changes })
    }

    /// Records the end of a call; `None` as its verdict if it says nothing. Returns the change that it causes.
    pub(super) fn leave(&self, passage: Passage, verdict: Option<Verdict>, now: Instant) -> Option<Decision> {
        let mut state = self.state();
        if passage.changes != state.changes {
            return None;
        }
        match &mut state.phase {
            Phase::Closed => {
                let is_bad = state.window.record(verdict?, now, self.min_calls);
                is_bad.then(|| state.open(now))
            }
            Phase::HalfOpen { probes, good } => {
                *probes -= 1;
                if verdict? != (Verdict { failed: false, slow: false }) {
                    return Some(state.open(now));
                }
                *good += 1;
                (*good >= PROBES).then(|| state.close(now))
            }
            Phase::Open { .. } => None,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn open(&mut self, now: Instant) -> Decision {
        let was_closed_long = self.closed_at.is_some_and(|at| now.duration_since(at) >= MAX_OPEN);
        self.openings = if was_closed_long { 1 } else { self.openings.saturating_add(1) };
        self.closed_at = None;
        let length = (FIRST_OPEN * 2_u32.saturating_pow(self.openings - 1)).min(MAX_OPEN);
        let until = now + length.mul_f64(1.0 - JITTER * fastrand::f64());
        self.change(Phase::Open { until });
        Decision::BreakerOpened
    }

    fn close(&mut self, now: Instant) -> Decision {
        self.closed_at = Some(now);
        self.window = Window::new(now);
        self.change(Phase::Closed);
        Decision::BreakerClosed
    }

    fn change(&mut self, phase: Phase) {
        self.phase = phase;
        self.changes += 1;
    }
}
