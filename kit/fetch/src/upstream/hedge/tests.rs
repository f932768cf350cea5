use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use bytes::Bytes;

use super::*;
use crate::{CallMetadata, Policy, Rpc};

const READ: Rpc = Rpc::read("shop.reviews.v1.ReviewService/BatchListReviews");
const POLICY: Policy = Policy::within_ms(1_000).hedge_after_ms(1);
const MS: Duration = Duration::from_millis(1);

/// A hedged RPC of a service whose budget is never used up, and the record of its calls.
struct Hedged {
    policy: Policy,
    hedging: Hedging,
    attempts: AtomicU32,
    decisions: Mutex<Vec<Decision>>,
}

impl Hedged {
    /// Creates an RPC that is called for the first time.
    fn new(policy: Policy) -> Self {
        let hedging = Hedging::new(Arc::new(Budget::full(1, 1_000_000)));
        Self { policy, hedging, attempts: AtomicU32::new(0), decisions: Mutex::default() }
    }

    /// Creates an RPC whose calls take 5 ms.
    async fn known(policy: Policy) -> Self {
        let hedged = Self::new(policy);
        for _ in 0..200 {
            hedged.call(|_| after(5, Ok(1))).await.unwrap();
        }
        hedged.attempts.store(0, Ordering::Relaxed);
        hedged
    }

    /// Makes a call.
    async fn call<A: Future<Output = Result<u32, UpstreamError>> + Send>(
        &self,
        attempt: impl Fn(Nth) -> A + Send + Sync,
    ) -> Result<u32, UpstreamError> {
        self.call_within(self.policy.timeout, attempt).await
    }

    /// Makes a call with this much time.
    async fn call_within<A: Future<Output = Result<u32, UpstreamError>> + Send>(
        &self,
        time: Duration,
        attempt: impl Fn(Nth) -> A + Send + Sync,
    ) -> Result<u32, UpstreamError> {
        let metadata = CallMetadata::default();
        let (policy, end) = (self.policy, Instant::now() + time);
        let call = Outgoing { rpc: READ, policy, end, message: Bytes::new(), metadata: &metadata };
        let tell = |decision| self.decisions.lock().unwrap().push(decision);
        let counted = |nth| {
            self.attempts.fetch_add(1, Ordering::Relaxed);
            attempt(nth)
        };
        let hedged = hedge(&call, &self.hedging, || true, &tell, counted);
        tokio::time::timeout_at(end, hedged).await.unwrap_or_else(|_| Err(failure(FailureKind::Timeout)))
    }

    fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::Relaxed)
    }

    fn decisions(&self) -> Vec<Decision> {
        self.decisions.lock().unwrap().clone()
    }
}

async fn after(ms: u32, result: Result<u32, UpstreamError>) -> Result<u32, UpstreamError> {
    tokio::time::sleep(MS * ms).await;
    result
}

fn failure(kind: FailureKind) -> UpstreamError {
    UpstreamError::new(kind, "")
}

/// Returns the result of a call whose first and second call end so, its time in milliseconds, and its decisions.
async fn of_two(
    first: (u32, Result<u32, FailureKind>),
    second: (u32, Result<u32, FailureKind>),
) -> (Result<u32, FailureKind>, u128, Vec<Decision>) {
    let (hedged, start) = (Hedged::known(POLICY).await, Instant::now());
    let result = hedged.call(|nth| {
        let (ms, result) = if nth == Nth::First { first } else { second };
        after(ms, result.map_err(failure))
    });
    let result = result.await.map_err(|error| error.kind());
    (result, start.elapsed().as_millis(), hedged.decisions())
}

#[tokio::test(start_paused = true)]
async fn the_first_answer_counts_and_a_failure_waits_for_the_other_call() {
    use Decision::{HedgeWon, Hedged};
    use FailureKind::{Internal, NotFound, Unavailable};
    // The second call starts after 6 ms, a bucket above the usual 5.
    let cases = [
        ((3, Ok(1)), (1, Ok(2)), (Ok(1), 3, vec![])),
        ((3, Err(Unavailable)), (1, Ok(2)), (Err(Unavailable), 3, vec![])),
        ((200, Ok(1)), (5, Ok(2)), (Ok(2), 11, vec![Hedged, HedgeWon])),
        ((10, Ok(1)), (50, Ok(2)), (Ok(1), 10, vec![Hedged])),
        ((10, Err(Internal)), (50, Ok(2)), (Ok(2), 56, vec![Hedged, HedgeWon])),
        ((50, Ok(1)), (5, Err(Unavailable)), (Ok(1), 50, vec![Hedged])),
        ((10, Err(Internal)), (50, Err(Unavailable)), (Err(Internal), 56, vec![Hedged])),
        ((50, Err(Internal)), (5, Err(Unavailable)), (Err(Internal), 50, vec![Hedged])),
        // "No such object" is an answer.
        ((50, Ok(1)), (5, Err(NotFound)), (Err(NotFound), 11, vec![Hedged, HedgeWon])),
    ];
    for (first, second, expected) in cases {
        assert_eq!(of_two(first, second).await, expected, "{first:?} {second:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn there_is_no_second_call_without_a_hedge_in_the_policy_or_before_a_hundred_calls() {
    for (policy, warm) in [(Policy::within_ms(1_000), 500), (POLICY, 90)] {
        let hedged = Hedged::new(policy);
        for _ in 0..warm {
            hedged.call(|_| after(5, Ok(1))).await.unwrap();
        }
        hedged.call(|_| after(200, Ok(1))).await.unwrap();
        assert_eq!((hedged.attempts(), hedged.decisions()), (warm + 1, vec![]));
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_call_comes_no_earlier_than_the_policy_says_nor_when_hardly_any_time_is_left() {
    let hedged = Hedged::known(Policy::within_ms(1_000).hedge_after_ms(50)).await;
    let start = Instant::now();
    let slow = |nth| after(if nth == Nth::First { 200 } else { 5 }, Ok(1));
    hedged.call(slow).await.unwrap();
    assert_eq!(start.elapsed(), 55 * MS);
    assert_eq!(hedged.attempts(), 2);
    let error = hedged.call_within(149 * MS, slow).await.unwrap_err();
    assert_eq!((error.kind(), hedged.attempts()), (FailureKind::Timeout, 3));
}

/// A backend whose answers take 3 to 7 ms, but 2 of 100 of them 200 ms.
struct Backend(Mutex<fastrand::Rng>);

impl Backend {
    fn new() -> Self {
        Self(Mutex::new(fastrand::Rng::with_seed(7)))
    }

    fn time_ms(&self) -> u32 {
        let mut random = self.0.lock().unwrap();
        if random.u32(..100) < 2 { 200 } else { random.u32(3..=7) }
    }
}

/// Returns the p50 and p99 of 20,000 calls in milliseconds, and the calls that reach the backend.
async fn measured(policy: Policy) -> (u128, u128, u32) {
    let (hedged, backend) = (Hedged::new(policy), Backend::new());
    let mut times = Vec::new();
    for _ in 0..20_000 {
        let start = Instant::now();
        hedged.call(|_| after(backend.time_ms(), Ok(1))).await.unwrap();
        times.push(start.elapsed().as_millis());
    }
    times.sort_unstable();
    (times[10_000], times[19_800], hedged.attempts())
}

#[tokio::test(start_paused = true)]
async fn two_slow_answers_of_a_hundred_are_no_longer_seen_at_p99() {
    let (p50, p99, calls) = measured(Policy::within_ms(1_000)).await;
    let (hedged_p50, hedged_p99, hedged_calls) = measured(POLICY).await;
    println!("alone: p50 {p50} ms, p99 {p99} ms, {calls} calls");
    println!("hedged: p50 {hedged_p50} ms, p99 {hedged_p99} ms, {hedged_calls} calls");
    assert_eq!((p99, calls), (200, 20_000));
    assert!(hedged_p99 * 2 <= p99 && hedged_p50 <= p50, "{hedged_p50} and {hedged_p99} ms");
    assert!(hedged_calls <= calls + calls / 20, "{hedged_calls}");
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_slow_throughout_gets_a_twentieth_more_calls_at_most() {
    for ms in [50, 400, 5_000] {
        let hedged = Hedged::known(POLICY).await;
        let calls = 2_000;
        for _ in 0..calls / 20 {
            let twenty = (0..20).map(|_| hedged.call(|_| after(ms, Ok(1))));
            futures_util::future::join_all(twenty).await;
        }
        println!("{ms} ms: {} extra for {calls} calls", hedged.attempts() - calls);
        assert!(hedged.attempts() <= calls + calls / 20 + MAX, "{} at {ms} ms", hedged.attempts());
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_loses_is_dropped() {
    struct Counting<'a>(&'a AtomicU32);
    impl Drop for Counting<'_> {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let (hedged, dropped) = (Hedged::known(POLICY).await, AtomicU32::new(0));
    let start = Instant::now();
    let attempt = |nth| {
        let held = Counting(&dropped);
        async move {
            let _held = held;
            after(if nth == Nth::First { 200 } else { 5 }, Ok(1)).await
        }
    };
    hedged.call(attempt).await.unwrap();
    assert_eq!((dropped.load(Ordering::Relaxed), start.elapsed()), (2, 11 * MS));
}
