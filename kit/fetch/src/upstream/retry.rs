//! The layer that makes a call again which failed for a passing reason, where the contract allows it.

use std::time::Duration;

use tokio::time::Instant;

use super::budget::Budget;
use super::outgoing::Outgoing;
use crate::{Decision, FailureKind, Idempotency, UpstreamError};

/// Longest wait before the first retry; it doubles with each.
const FIRST_BACKOFF: Duration = Duration::from_millis(25);

/// Makes a call, and makes it again after a failure that may pass: as often as the policy says, within the call's time,
/// and as long as the service's budget lasts. Waits are random, so that calls that failed together do not come again
/// together.
pub(super) async fn retry<T, A>(
    call: &Outgoing<'_>,
    budget: &Budget,
    tell: &(impl Fn(Decision) + Sync),
    mut attempt: impl FnMut() -> A + Send,
) -> Result<T, UpstreamError>
where
    T: Send,
    A: Future<Output = Result<T, UpstreamError>> + Send,
{
    budget.earn();
    let (mut retries, mut backoff) = (call.policy.max_retries(), FIRST_BACKOFF);
    loop {
        let error = match attempt().await {
            Ok(response) => return Ok(response),
            Err(error) => error,
        };
        let wait = wait_before_retry(call, &error, backoff).filter(|_| retries > 0);
        let Some(wait) = wait else { return Err(error) };
        let left = call.end.saturating_duration_since(Instant::now());
        if left.saturating_sub(wait) < call.policy.least() {
            return Err(error);
        }
        if !budget.take() {
            tell(Decision::OutOfRetries);
            return Err(error);
        }
        tell(Decision::Retried);
        tokio::time::sleep(wait).await;
        retries -= 1;
        backoff *= 2;
    }
}

/// Returns the time to wait before the call is made again; `None` if it may not be, or if that would not help.
fn wait_before_retry(call: &Outgoing<'_>, error: &UpstreamError, backoff: Duration) -> Option<Duration> {
    let may_repeat = error.is_unsent()
        || match call.rpc.idempotency() {
            Idempotency::NoSideEffects | Idempotency::Idempotent => true,
            Idempotency::NonIdempotent => false,
        };
    let wanted = error.retry_after();
    let may_pass = match error.kind() {
        // A breaker stays open for longer than any call lasts.
        FailureKind::Unavailable => !error.is_broken(),
        FailureKind::ResourceExhausted => wanted.is_some(),
        _ => false,
    };
    (may_repeat && may_pass).then(|| wanted.unwrap_or_else(|| backoff.mul_f64(fastrand::f64())))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use bytes::Bytes;

    use super::*;
    use crate::{CallMetadata, Policy, Rpc};

    const READ: Rpc = Rpc::read("shop.reviews.v1.ReviewService/BatchListReviews");
    const WRITE: Rpc = Rpc::write("shop.carts.v1.CartService/AddItem");

    /// Returns the number of attempts of a call that always fails with this error, and what was decided.
    async fn attempts(rpc: Rpc, policy: Policy, error: UpstreamError) -> (u32, Vec<Decision>, Duration) {
        let metadata = CallMetadata::default();
        let end = Instant::now() + policy.timeout;
        let call = Outgoing { rpc, policy, end, message: Bytes::new(), metadata: &metadata };
        let (mut count, decisions, start) = (0, Mutex::new(Vec::new()), Instant::now());
        let tell = |decision| decisions.lock().unwrap().push(decision);
        let attempt = || {
            count += 1;
            let error = error.clone();
            async { Err::<(), _>(error) }
        };
        retry(&call, &Budget::full(10, 10), &tell, attempt).await.unwrap_err();
        let decisions = decisions.into_inner().unwrap();
        (count, decisions, start.elapsed())
    }

    fn unavailable() -> UpstreamError {
        UpstreamError::new(FailureKind::Unavailable, "is restarting")
    }

    #[tokio::test(start_paused = true)]
    async fn a_read_is_made_twice_more_and_a_write_is_not() {
        let policy = Policy::within_ms(1_000);
        let (count, decisions, took) = attempts(READ, policy, unavailable()).await;
        assert_eq!((count, decisions), (3, vec![Decision::Retried, Decision::Retried]));
        assert!(took <= Duration::from_millis(75), "{took:?}");
        assert_eq!(attempts(WRITE, policy, unavailable()).await.0, 1);
        let unsent = UpstreamError::unsent("nobody listens");
        assert_eq!(attempts(WRITE, policy, unsent).await.0, 3);
    }

    #[tokio::test(start_paused = true)]
    async fn failures_that_do_not_pass_are_final() {
        for kind in
            [FailureKind::Timeout, FailureKind::Internal, FailureKind::Overloaded, FailureKind::NotFound]
        {
            let error = UpstreamError::new(kind, "");
            assert_eq!(attempts(READ, Policy::within_ms(1_000), error).await.0, 1, "{kind:?}");
        }
        let broken = UpstreamError::broken("the breaker is open");
        assert_eq!(attempts(READ, Policy::within_ms(1_000), broken).await.0, 1);
    }

    #[tokio::test(start_paused = true)]
    async fn an_exhausted_service_is_called_again_when_it_says_and_if_there_is_time() {
        let exhausted = |seconds| {
            let info =
                tonic_types::pb::RetryInfo { retry_delay: Some(prost_types::Duration { seconds, nanos: 0 }) };
            let detail = prost_types::Any {
                type_url: "type.googleapis.com/google.rpc.RetryInfo".to_owned(),
                value: prost::Message::encode_to_vec(&info),
            };
            UpstreamError::of_key(8, String::new(), String::new(), &[detail])
        };
        let policy = Policy::within_ms(5_000).retries(1);
        let (count, _, took) = attempts(READ, policy, exhausted(2)).await;
        assert_eq!((count, took), (2, Duration::from_secs(2)));
        assert_eq!(attempts(READ, policy, exhausted(5)).await.0, 1);
        let silent = UpstreamError::new(FailureKind::ResourceExhausted, "");
        assert_eq!(attempts(READ, policy, silent).await.0, 1);
    }
}
