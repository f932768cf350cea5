//! The layer that stops calling an RPC whose calls fail or are slow, so that a service in trouble is left alone and
//! requests need not wait for it.
//!
//! Timeouts, unavailability and internal errors count as failures. A failure that is about the client counts as an
//! answer. A call does not count at all if no service can have seen it, since it fails at once without a breaker, and
//! finds a service that is back; if it waited for its turn, went away with its request, or had less time than its policy
//! gives; nor does `RESOURCE_EXHAUSTED`, by which a service
//! defends itself, or denies one principal what others get.

mod circuit;
#[cfg(test)]
mod tests;
mod window;

use tokio::time::Instant;

use super::deadline::DEADLINE_TOLERANCE;
use super::outgoing::Outgoing;
use super::progress::Attempt;
use crate::{Decision, FailureKind, UpstreamError};

pub(super) use circuit::Breaker;
use circuit::Passage;
use window::Verdict;

/// Makes a call unless the breaker is open, and judges the service by it.
pub(super) async fn guard<T, A>(
    call: &Outgoing<'_>,
    breaker: &Breaker,
    attempt: Attempt<'_>,
    is_connected: impl Fn() -> bool + Send,
    tell: &(impl Fn(Decision) + Sync),
    inner: impl FnOnce() -> A + Send,
) -> Result<T, UpstreamError>
where
    A: Future<Output = Result<T, UpstreamError>> + Send,
{
    if !breaker.ever_opens() {
        return inner().await;
    }
    let started = Instant::now();
    let Some(passage) = breaker.enter(started) else {
        tell(Decision::Broken);
        let path = call.rpc.path();
        return Err(UpstreamError::broken(format!("{path}: the breaker is open; this call was not sent")));
    };
    let mut judge = Judge { call, breaker, attempt, started, is_connected, tell, passage: Some(passage) };
    let result = inner().await;
    let failure = result.as_ref().err();
    let is_unsent = failure.is_some_and(UpstreamError::is_unsent);
    let verdict = judge.verdict(failure.map(UpstreamError::kind)).filter(|_| !is_unsent);
    judge.ends(verdict);
    result
}

/// Judges the service by a call, also by one that is dropped.
struct Judge<'a, C: Fn() -> bool, D: Fn(Decision)> {
    call: &'a Outgoing<'a>,
    breaker: &'a Breaker,
    attempt: Attempt<'a>,
    started: Instant,
    is_connected: C,
    tell: &'a D,
    /// `None` once the call has ended.
    passage: Option<Passage>,
}

impl<C: Fn() -> bool, D: Fn(Decision)> Judge<'_, C, D> {
    fn ends(&mut self, verdict: Option<Verdict>) {
        let decision = self.passage.take().and_then(|it| self.breaker.leave(it, verdict, Instant::now()));
        if let Some(decision) = decision {
            (self.tell)(decision);
        }
    }

    /// Returns the verdict about a call that ended by itself; `None` if it says nothing about the service.
    fn verdict(&self, failure: Option<FailureKind>) -> Option<Verdict> {
        let slow = self.is_slow();
        let failed = match failure {
            Some(FailureKind::Unavailable | FailureKind::Internal) => true,
            // The service may say so itself, for reasons of its own.
            Some(FailureKind::Timeout) if slow || !self.is_at_end() => true,
            Some(FailureKind::Timeout | FailureKind::ResourceExhausted | FailureKind::Overloaded) => {
                return None;
            }
            Some(
                FailureKind::NotFound
                | FailureKind::InvalidArgument
                | FailureKind::Unauthenticated
                | FailureKind::PermissionDenied
                | FailureKind::Declined,
            )
            | None => false,
        };
        Some(Verdict { failed, slow })
    }

    /// Returns true if the service has had nine tenths of the policy's timeout. The time in which the call waited for
    /// its turn does not count.
    fn is_slow(&self) -> bool {
        self.attempt.sent_at().unwrap_or(self.started).elapsed() >= self.call.policy.timeout.mul_f64(0.9)
    }

    fn is_at_end(&self) -> bool {
        Instant::now() + DEADLINE_TOLERANCE >= self.call.end
    }
}

impl<C: Fn() -> bool, D: Fn(Decision)> Drop for Judge<'_, C, D> {
    fn drop(&mut self) {
        if self.passage.is_none() {
            return;
        }
        let is_under_way = || self.attempt.sent_at().is_some() || !(self.is_connected)();
        let is_timeout = self.is_at_end() && is_under_way();
        let verdict = is_timeout.then(|| self.verdict(Some(FailureKind::Timeout))).flatten();
        self.ends(verdict);
    }
}
