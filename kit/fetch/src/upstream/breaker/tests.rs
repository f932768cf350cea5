use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{sleep, timeout};

use super::super::progress::{Nth, Progress};
use super::*;
use crate::{CallMetadata, Policy, Rpc};

const READ: Rpc = Rpc::read("shop.reviews.v1.ReviewService/BatchListReviews");
const POLICY: Policy = Policy::within_ms(100);
const SECOND: Duration = Duration::from_secs(1);
const MS: Duration = Duration::from_millis(1);

/// An RPC with a breaker, and the record of its calls.
struct Guarded {
    breaker: Breaker,
    sent: AtomicU32,
    decisions: Mutex<Vec<Decision>>,
}

/// A call: the time that the service takes, and its failure.
type Ends = (u32, Option<FailureKind>);

const OK: Ends = (5, None);
const FAILS: Ends = (5, Some(FailureKind::Unavailable));
const HANGS: Ends = (1_000, None);

impl Guarded {
    fn new() -> Self {
        Self { breaker: Breaker::new(20), sent: AtomicU32::new(0), decisions: Mutex::default() }
    }

    /// Makes a call; returns its failure kind.
    async fn call(&self, ends: Ends) -> Option<FailureKind> {
        self.call_within(POLICY.timeout, true, ends).await
    }

    /// Makes a call with this much time. One that is not sent waits for its turn.
    async fn call_within(&self, time: Duration, is_sent: bool, (ms, failure): Ends) -> Option<FailureKind> {
        let metadata = CallMetadata::default();
        let (policy, end) = (POLICY, Instant::now() + time);
        let call = Outgoing { rpc: READ, policy, end, message: Bytes::new(), metadata: &metadata };
        let progress = Progress::new();
        let attempt = progress.attempt(Nth::First);
        let tell = |decision| self.decisions.lock().unwrap().push(decision);
        let inner = || async {
            self.sent.fetch_add(1, Ordering::Relaxed);
            if is_sent {
                attempt.sent(std::num::NonZeroU32::MIN);
            }
            sleep(MS * ms).await;
            failure.map_or(Ok(()), |kind| Err(UpstreamError::new(kind, "")))
        };
        let guarded = guard(&call, &self.breaker, attempt, || true, &tell, inner);
        match tokio::time::timeout_at(end, guarded).await {
            Ok(result) => result.err().map(|error| error.kind()),
            Err(_elapsed) => Some(FailureKind::Timeout),
        }
    }

    /// Makes calls one after the other; returns the number of those that were sent.
    async fn calls(&self, calls: u32, ends: Ends) -> u32 {
        let before = self.sent();
        for _ in 0..calls {
            self.call(ends).await;
        }
        self.sent() - before
    }

    fn sent(&self) -> u32 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Returns the decisions but for the calls that were not sent.
    fn changes(&self) -> Vec<Decision> {
        let decisions = self.decisions.lock().unwrap();
        decisions.iter().copied().filter(|it| *it != Decision::Broken).collect()
    }

    fn is_open(&self) -> bool {
        self.changes().last() == Some(&Decision::BreakerOpened)
    }

    /// Makes a call every 20 ms until one is sent; returns the time until then.
    async fn time_open(&self, ends: Ends) -> Duration {
        let start = Instant::now();
        while self.calls(1, ends).await == 0 {
            sleep(20 * MS).await;
        }
        start.elapsed()
    }
}

#[tokio::test(start_paused = true)]
async fn a_breaker_opens_at_the_twentieth_failure_and_calls_fail_at_once() {
    let guarded = Guarded::new();
    assert_eq!(guarded.calls(19, FAILS).await, 19);
    assert!(!guarded.is_open());
    assert_eq!(guarded.calls(1_000, FAILS).await, 1);
    assert!(guarded.is_open());
    let (start, sent) = (Instant::now(), guarded.sent());
    assert_eq!(guarded.call(OK).await, Some(FailureKind::Unavailable));
    assert_eq!((start.elapsed(), guarded.sent()), (Duration::ZERO, sent));
}

#[tokio::test(start_paused = true)]
async fn half_of_the_calls_must_fail_within_ten_seconds() {
    // 50 calls a second for a minute, of which 9 of 20 fail.
    let guarded = Guarded::new();
    for number in 0..3_000 {
        guarded.call(if number * 9 % 20 < 9 { FAILS } else { OK }).await;
        sleep(15 * MS).await;
    }
    assert!(!guarded.is_open());
    // Each second call fails: the window is full of better ones, which leave it.
    let start = Instant::now();
    while !guarded.is_open() {
        guarded.calls(1, OK).await;
        guarded.calls(1, FAILS).await;
        sleep(30 * MS).await;
        assert!(start.elapsed() < 11 * SECOND);
    }
    assert!(start.elapsed() > 8 * SECOND, "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn few_calls_never_open_it() {
    let guarded = Guarded::new();
    for _ in 0..500 {
        assert_eq!(guarded.calls(1, FAILS).await, 1);
        sleep(600 * MS).await;
    }
    assert_eq!(guarded.changes(), []);
    let never = Guarded { breaker: Breaker::new(0), ..Guarded::new() };
    assert_eq!(never.calls(1_000, FAILS).await, 1_000);
}

#[tokio::test(start_paused = true)]
async fn answers_of_the_service_and_what_says_nothing_about_it_never_open_it() {
    use FailureKind::{
        Declined, InvalidArgument, NotFound, Overloaded, PermissionDenied, ResourceExhausted, Unauthenticated,
    };
    for kind in [NotFound, InvalidArgument, Unauthenticated, PermissionDenied, Declined] {
        assert_eq!(Guarded::new().calls(200, (1, Some(kind))).await, 200, "{kind:?}");
    }
    for kind in [ResourceExhausted, Overloaded] {
        let guarded = Guarded::new();
        assert_eq!(guarded.calls(200, (1, Some(kind))).await, 200, "{kind:?}");
        // Nor do they count as good calls.
        assert_eq!(guarded.calls(200, FAILS).await, 20);
    }
    for kind in [FailureKind::Timeout, FailureKind::Unavailable, FailureKind::Internal] {
        assert_eq!(Guarded::new().calls(200, (1, Some(kind))).await, 20, "{kind:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn calls_that_are_dropped_count_only_at_their_own_time() {
    let timed_out = Guarded::new();
    assert_eq!(timed_out.calls(100, HANGS).await, 20);
    for (time, is_sent) in [(50 * MS, true), (100 * MS, false)] {
        let guarded = Guarded::new();
        for _ in 0..100 {
            // Cut short by the deadline of the request; waiting for its turn.
            guarded.call_within(time, is_sent, HANGS).await;
        }
        assert_eq!(guarded.sent(), 100, "{time:?}");
    }
    let left = Guarded::new();
    for _ in 0..100 {
        timeout(50 * MS, left.call(HANGS)).await.unwrap_err();
    }
    assert_eq!(left.sent(), 100);
}

#[tokio::test(start_paused = true)]
async fn four_of_five_slow_calls_open_it() {
    const SLOW: Ends = (91, None);
    let guarded = Guarded::new();
    for number in 0..200 {
        guarded.call(if number % 4 > 0 { SLOW } else { OK }).await;
    }
    assert!(!guarded.is_open());
    let guarded = Guarded::new();
    assert_eq!(guarded.calls(100, SLOW).await, 20);
    // A slow probe opens it again.
    sleep(5 * SECOND).await;
    assert_eq!(guarded.calls(100, SLOW).await, 1);
}

#[tokio::test(start_paused = true)]
async fn each_opening_in_a_row_is_longer_and_three_good_probes_close_it() {
    let guarded = Guarded::new();
    guarded.calls(20, FAILS).await;
    for seconds in [5, 10, 20, 40, 60, 60] {
        let open = guarded.time_open(FAILS).await;
        let most = seconds * SECOND;
        assert!(open >= most.mul_f64(0.8) && open <= most + 50 * MS, "{open:?} of {most:?}");
    }
    guarded.time_open(OK).await;
    assert!(guarded.is_open());
    assert_eq!(guarded.calls(2, OK).await, 2);
    assert_eq!(guarded.changes().last(), Some(&Decision::BreakerClosed));
    assert_eq!(guarded.calls(100, OK).await, 100);
    // After a minute without an opening, the next is as short as the first.
    sleep(60 * SECOND).await;
    guarded.calls(20, FAILS).await;
    assert!(guarded.time_open(OK).await <= 5 * SECOND + 50 * MS);
}

#[tokio::test(start_paused = true)]
async fn three_probes_pass_at_a_time_and_one_that_is_dropped_gives_its_place_back() {
    let guarded = Guarded::new();
    guarded.calls(20, FAILS).await;
    sleep(5 * SECOND).await;
    let sent = guarded.sent();
    let probes = || futures_util::future::join_all((0..10).map(|_| guarded.call(HANGS)));
    timeout(50 * MS, probes()).await.unwrap_err();
    assert_eq!(guarded.sent(), sent + 3);
    // One that is shed says nothing either.
    assert_eq!(guarded.calls(5, (1, Some(FailureKind::ResourceExhausted))).await, 5);
    timeout(50 * MS, probes()).await.unwrap_err();
    assert_eq!(guarded.sent(), sent + 11);
    futures_util::future::join_all((0..10).map(|_| guarded.call(OK))).await;
    assert_eq!(guarded.changes(), [Decision::BreakerOpened, Decision::BreakerClosed]);
}

#[tokio::test(start_paused = true)]
async fn calls_of_an_earlier_phase_do_not_count() {
    let guarded = Guarded::new();
    let late = futures_util::future::join_all((0..50).map(|_| guarded.call((90, FAILS.1))));
    let early = async {
        futures_util::future::join_all((0..20).map(|_| guarded.call(FAILS))).await;
        assert!(guarded.is_open());
    };
    tokio::join!(late, early);
    assert_eq!(guarded.changes(), [Decision::BreakerOpened]);
}
