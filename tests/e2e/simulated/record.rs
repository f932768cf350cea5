//! The record of a simulation: every request with its answer, and every broken promise.

use std::time::Duration;

use super::schedule;
use crate::support::Answer;

/// Longest time of a request, and the tolerance beyond it: the way to the BFF and back.
pub(super) const DEADLINE: Duration = Duration::from_secs(3);
const TOLERANCE: Duration = Duration::from_millis(20);

/// Time after the last fault within which all answers must be whole, and for which they must stay so.
const RECOVERY: Duration = Duration::from_secs(90);
const QUIET: Duration = Duration::from_secs(6);

/// A request, and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) at: Duration,
    pub(super) took: Duration,
    pub(super) customer: usize,
    pub(super) request: String,
    /// Status and body; `None` if there was no answer.
    pub(super) answer: Option<String>,
}

/// All requests of a simulation, in the order of their answers.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) lines: Vec<Line>,
    /// Number of answers that were not whole.
    pub(super) broken: usize,
    /// Time at which the last of them came.
    last_broken: Duration,
    pub(super) problems: Vec<String>,
}

impl Record {
    /// Records a request; returns true if its answer is whole.
    pub(super) fn add(&mut self, line: Line, answer: Option<&Answer>) -> bool {
        if line.took > DEADLINE + TOLERANCE || answer.is_none() {
            self.problems.push(format!("not answered by its deadline: {line:?}"));
        }
        let now = line.at + line.took;
        let is_whole = answer.is_some_and(is_whole);
        if !is_whole {
            self.broken += 1;
            self.last_broken = self.last_broken.max(now);
        }
        self.lines.push(line);
        is_whole
    }

    /// Returns the time from the last fault to the last answer that was not whole.
    pub(super) fn recovery(&self) -> Duration {
        self.last_broken.saturating_sub(schedule::END)
    }

    /// Returns true if everything is well again, or has not become so in time.
    pub(super) fn is_over(&mut self, now: Duration) -> bool {
        let is_late = now > schedule::END + RECOVERY;
        if is_late {
            let last = self.lines.iter().rev().find(|line| line.at + line.took == self.last_broken);
            let problem = format!("not recovered {RECOVERY:?} after the last fault: {last:?}");
            self.problems.push(problem);
        }
        is_late || now > self.last_broken.max(schedule::END) + QUIET
    }
}

fn is_whole(answer: &Answer) -> bool {
    let body = &answer.body;
    let is_done = body["data"].as_object().is_some_and(|data| {
        data.values().all(|field| field["userErrors"].as_array().is_none_or(Vec::is_empty))
    });
    answer.status == http::StatusCode::OK
        && is_done
        && body.get("errors").is_none()
        && body["extensions"].get("degraded").is_none()
}
