//! The layer that makes a second call beside one that is slow, and takes the answer that comes first.
//!
//! The second call is sent to another endpoint, because the slow one may be slow for all. It takes from two budgets:
//! that of the RPC, so that hedges are one of twenty calls at most, and that of the service, which they share with
//! retries, so that a service that fails slowly is not called more often than one that fails at once.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::time::Instant;

use super::budget::Budget;
use super::latency::Latency;
use super::outgoing::Outgoing;
use super::progress::Nth;
use crate::{Decision, FailureKind, UpstreamError};

/// Number of calls that earn one hedge, and the number of hedges saved up at most.
const PRICE: u32 = 20;
const MAX: u32 = 10;

/// State that all hedged calls of an RPC share.
#[derive(Debug)]
pub(super) struct Hedging {
    budget: Budget,
    /// The budget of the service.
    shared: Arc<Budget>,
    latency: Latency,
}

impl Hedging {
    pub(super) fn new(shared: Arc<Budget>) -> Self {
        Self { budget: Budget::empty(PRICE, MAX), shared, latency: Latency::new() }
    }

    /// Takes a second call from both budgets; false if one of them does not allow it.
    fn take(&self) -> bool {
        let is_allowed = self.budget.take();
        if is_allowed && !self.shared.take() {
            self.budget.give_back();
            return false;
        }
        is_allowed
    }

    /// Returns the time after which a second call starts; `None` if too few calls were seen to tell which are slow.
    fn delay(&self, least: Duration) -> Option<Duration> {
        Some(least.max(self.latency.p95()?))
    }
}

/// Makes a call, and a second one beside it if the first is slow, there is time for it, `is_of_use` says so, and the
/// budgets allow it. The first answer counts; a failure counts only if the other call fails too.
pub(super) async fn hedge<T, A>(
    call: &Outgoing<'_>,
    hedging: &Hedging,
    is_of_use: impl Fn() -> bool + Send,
    tell: &(impl Fn(Decision) + Sync),
    attempt: impl Fn(Nth) -> A + Send + Sync,
) -> Result<T, UpstreamError>
where
    T: Send,
    A: Future<Output = Result<T, UpstreamError>> + Send,
{
    let Some(least) = call.policy.hedge else { return attempt(Nth::First).await };
    hedging.budget.earn();
    let mut first = std::pin::pin!(timed(&hedging.latency, || attempt(Nth::First)));
    let Some(delay) = hedging.delay(least) else { return first.await };
    if let Ok(result) = tokio::time::timeout(delay, &mut first).await {
        return result;
    }
    let left = call.end.saturating_duration_since(Instant::now());
    if left < call.policy.least() || !is_of_use() {
        return first.await;
    }
    if !hedging.take() {
        tell(Decision::OutOfHedges);
        return first.await;
    }
    tell(Decision::Hedged);
    // Boxed, so that the calls without a second one need no room for it.
    let second = Box::pin(timed(&hedging.latency, || attempt(Nth::Second)));
    let (result, by_second) = match select(first, second).await {
        Either::Left((result, _)) if is_answer(&result) => (result, false),
        Either::Right((result, _)) if is_answer(&result) => (result, true),
        Either::Left((failed, second)) => {
            let result = second.await;
            if is_answer(&result) { (result, true) } else { (failed, false) }
        }
        Either::Right((_failed, first)) => (first.await, false),
    };
    if by_second {
        tell(Decision::HedgeWon);
    }
    result
}

/// Returns true if a service answered, be it that the client is at fault: another call would be answered alike.
fn is_answer<T>(result: &Result<T, UpstreamError>) -> bool {
    result.as_ref().err().is_none_or(|error| !error.is_of_service())
}

/// Makes a call, and records the time it takes, also if it is dropped.
async fn timed<T, A>(latency: &Latency, attempt: impl FnOnce() -> A) -> Result<T, UpstreamError>
where
    A: Future<Output = Result<T, UpstreamError>>,
{
    let mut timing = Timing { latency, started: Instant::now(), ended: false };
    let result = attempt().await;
    timing.ended = true;
    // A call that failed for another reason than time may have been as fast as it likes.
    let is_timeout = result.as_ref().is_err_and(|error| error.kind() == FailureKind::Timeout);
    if is_answer(&result) {
        latency.took(timing.started.elapsed());
    } else if is_timeout {
        latency.took_at_least(timing.started.elapsed());
    }
    result
}

/// Records the time of a call that is dropped.
struct Timing<'a> {
    latency: &'a Latency,
    started: Instant,
    ended: bool,
}

impl Drop for Timing<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.latency.took_at_least(self.started.elapsed());
        }
    }
}
