//! The calls of the last ten seconds.

use tokio::time::Instant;

/// Length of the window, in seconds.
const SECONDS: usize = 10;

/// Verdict of a call about its service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) failed: bool,
    pub(super) slow: bool,
}

/// Counts of the calls of the last ten seconds, by the second in which they ended.
#[derive(Debug)]
pub(super) struct Window {
    origin: Instant,
    counts: [Counts; SECONDS],
}

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    /// The second, from the origin.
    second: usize,
    calls: u32,
    failed: u32,
    slow: u32,
}

impl Window {
    pub(super) fn new(now: Instant) -> Self {
        Self { origin: now, counts: [Counts::default(); SECONDS] }
    }

    /// Records a call. Returns true if this was a bad one, at least `min_calls` have ended, and half of these have
    /// failed or four of five were slow.
    pub(super) fn record(&mut self, verdict: Verdict, now: Instant, min_calls: u32) -> bool {
        let second = usize::try_from(now.duration_since(self.origin).as_secs()).unwrap_or_default();
        if let Some(counts) = self.counts.get_mut(second % SECONDS) {
            if counts.second != second {
                *counts = Counts { second, ..Counts::default() };
            }
            counts.calls += 1;
            counts.failed += u32::from(verdict.failed);
            counts.slow += u32::from(verdict.slow);
        }
        if !verdict.failed && !verdict.slow {
            return false;
        }
        let (mut calls, mut failed, mut slow) = (0, 0, 0);
        for counts in self.counts.iter().filter(|it| second.saturating_sub(it.second) < SECONDS) {
            calls += counts.calls;
            failed += counts.failed;
            slow += counts.slow;
        }
        calls >= min_calls && (failed * 2 >= calls || slow * 5 >= calls * 4)
    }
}
