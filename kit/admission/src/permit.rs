//! Answers to a request that wants to run.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::baseline::Baseline;
use crate::state::{Start, State};

/// Longest spread of the time to wait, in seconds.
const SPREAD: u64 = 10;

/// Permission for one request to run, held as long as it runs. A permit that is dropped ends a request which was
/// abandoned: its latency says nothing.
#[derive(Debug)]
#[must_use = "the request counts as ended when its permit is dropped"]
pub struct Permit {
    state: Arc<State>,
    baseline: Baseline,
    start: Start,
}

impl Permit {
    /// Creates the permit of a request that has started.
    pub(crate) fn new(state: Arc<State>, baseline: Baseline, start: Start) -> Self {
        Self { state, baseline, start }
    }

    /// Ends the request and learns its latency. A request whose client went away, or that was rejected before any work,
    /// did not complete.
    pub fn completed(self) {
        self.state.measure(self.start, &self.baseline, false);
    }

    /// Ends a request that its own deadline cut short, all or a part of it: it would have taken longer.
    pub fn cut_short(self) {
        self.state.measure(self.start, &self.baseline, true);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.state.end(self.start);
    }
}

/// A request that is not admitted, because too many are under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shed {
    /// Time the client should wait before it tries again: whole seconds, at least 1, drawn at random so that clients
    /// do not return together. At most 2 s in the first seconds of an overload, 11 s after 20 s of it.
    pub retry_after: Duration,
}

impl Shed {
    /// Draws the time to wait after an overload of this duration.
    pub(crate) fn after(overload: Duration) -> Self {
        let spread = (overload.as_secs() / 2).clamp(1, SPREAD);
        Self { retry_after: Duration::from_secs(1 + fastrand::u64(0..=spread)) }
    }
}

impl fmt::Display for Shed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "too many requests are under way; try again in {} s", self.retry_after.as_secs())
    }
}

impl std::error::Error for Shed {}
