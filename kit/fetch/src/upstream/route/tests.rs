use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use endpoints::{Network, Settings, Tcp};
use futures_util::future::join_all;
use tokio::time::{Instant, sleep};

use super::*;
use crate::{CallMetadata, FailureKind, Policy, Upstreams};

const READ: Rpc = Rpc::read("shop.reviews.v1.ReviewService/BatchListReviews");
const MS: Duration = Duration::from_millis(1);

/// An RPC of a service that behaves as the test says.
struct Simulated {
    policy: Policy,
    route: Route,
    attempts: AtomicU32,
    decisions: Mutex<Vec<Decision>>,
}

impl Simulated {
    fn new(policy: Policy, max_calls: usize, min_calls: u32) -> Self {
        let nowhere = Upstreams {
            default: Vec::new(),
            services: BTreeMap::new(),
            settings: Settings::DEFAULT,
            max_answer_bytes: 4096,
            max_calls: 400,
            cache_bytes: 0,
            breaker_min_calls: min_calls,
        };
        let network: Arc<dyn Network> = Arc::new(Tcp);
        let observer: Arc<dyn endpoints::Observer> = Arc::new(());
        let service = Arc::new(Service::new(&Services::new(&nowhere, &network, &observer), READ.service()));
        let route = Route::new(READ, max_calls, min_calls, service).unwrap();
        Self { policy, route, attempts: AtomicU32::new(0), decisions: Mutex::default() }
    }

    /// Makes a call that ends so if it is sent; returns its failure kind.
    async fn call(&self, ms: u32, failure: Option<FailureKind>) -> Option<FailureKind> {
        let metadata = CallMetadata::default();
        let (policy, end) = (self.policy, Instant::now() + self.policy.timeout);
        let call = Outgoing { rpc: READ, policy, end, message: Bytes::new(), metadata: &metadata };
        let tell = |decision| self.decisions.lock().unwrap().push(decision);
        let progress = Progress::new();
        let send = |attempt: Attempt<'_>| {
            self.attempts.fetch_add(1, Ordering::Relaxed);
            attempt.sent(NonZeroU32::MIN);
            async move {
                sleep(MS * ms).await;
                failure.map_or(Ok(()), |kind| Err(UpstreamError::new(kind, "")))
            }
        };
        self.route.call(&call, &progress, &tell, send).await.err().map(|error| error.kind())
    }

    /// Makes calls, of which one starts each 5 ms.
    async fn steady(&self, calls: u32, ms: u32, failure: Option<FailureKind>) -> Vec<Option<FailureKind>> {
        let call = async |number| {
            sleep(MS * 5 * number).await;
            self.call(ms, failure).await
        };
        join_all((0..calls).map(call)).await
    }

    fn attempts(&self) -> u32 {
        self.attempts.load(Ordering::Relaxed)
    }

    fn count(&self, decision: Decision) -> usize {
        self.decisions.lock().unwrap().iter().filter(|it| **it == decision).count()
    }
}

#[tokio::test(start_paused = true)]
async fn retries_and_hedges_of_a_service_that_fails_are_a_tenth_of_the_calls_together() {
    // At once; later than calls used to take, so that each call wants both a hedge and retries.
    for ms in [0, 30] {
        let failing = Simulated::new(Policy::within_ms(500).hedge_after_ms(2), 100, 0);
        failing.steady(300, 5, None).await;
        let before = failing.attempts();
        let calls = 4_000;
        failing.steady(calls, ms, Some(FailureKind::Unavailable)).await;
        let attempts = failing.attempts() - before;
        let (retried, hedged) = (failing.count(Decision::Retried), failing.count(Decision::Hedged));
        println!("{ms} ms: {attempts} attempts for {calls} calls, {retried} retries, {hedged} hedges");
        assert!(attempts <= calls + calls / 10 + MAX, "{attempts} for {calls} calls");
        assert!(retried > 0 && (hedged > 0) == (ms > 0), "{retried} retries, {hedged} hedges");
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_that_fails_is_left_alone_and_called_again_when_it_is_back() {
    let failing = Simulated::new(Policy::within_ms(500).hedge_after_ms(2), 100, 20);
    failing.steady(300, 5, None).await;
    let before = failing.attempts();
    // Twenty seconds.
    failing.steady(4_000, 30, Some(FailureKind::Unavailable)).await;
    let attempts = failing.attempts() - before;
    println!("{attempts} attempts for 4,000 calls");
    // The good calls before it leave the window, and then three probes follow at a time.
    assert!(attempts < 500, "{attempts}");
    let ends = failing.steady(8_000, 5, None).await;
    let failed = ends.iter().filter(|it| it.is_some()).count();
    assert_eq!(failing.count(Decision::BreakerClosed), 1);
    assert!(failed < 8_000 && ends[failed..].iter().all(Option::is_none), "{failed}");
}

#[tokio::test(start_paused = true)]
async fn a_breaker_answers_for_a_service_that_hangs() {
    let hanging = Simulated::new(Policy::within_ms(500), 100, 20);
    let ends = hanging.steady(1_000, 60_000, None).await;
    let count = |kind| ends.iter().filter(|it| **it == Some(kind)).count();
    let (late, broken) = (count(FailureKind::Timeout), count(FailureKind::Unavailable));
    println!("{late} timed out, {broken} failed at once");
    assert_eq!(late + broken, 1_000);
    assert!(late < 200, "{late}");
}

#[tokio::test(start_paused = true)]
async fn calls_that_wait_for_their_turn_are_not_hedged_and_do_not_open_the_breaker() {
    let narrow = Simulated::new(Policy::within_ms(100).hedge_after_ms(2), 1, 20);
    narrow.steady(300, 4, None).await;
    let before = narrow.count(Decision::Hedged);
    let ends = join_all((0..200).map(|_| narrow.call(20, None))).await;
    assert!(ends.iter().filter(|it| it.is_some()).count() > 190);
    assert_eq!(narrow.count(Decision::BreakerOpened), 0);
    assert!(narrow.count(Decision::Hedged) <= before + 1);
}

#[tokio::test(start_paused = true)]
async fn the_second_call_knows_the_endpoint_of_the_first() {
    let hedged = Simulated::new(Policy::within_ms(100).hedge_after_ms(2), 100, 20);
    hedged.steady(300, 5, None).await;
    let metadata = CallMetadata::default();
    let (policy, end) = (hedged.policy, Instant::now() + hedged.policy.timeout);
    let call = Outgoing { rpc: READ, policy, end, message: Bytes::new(), metadata: &metadata };
    let (endpoints, progress) = (Mutex::new(Vec::new()), Progress::new());
    let send = async |attempt: Attempt<'_>| {
        let beside = attempt.endpoint_of_other();
        let own = NonZeroU32::MIN.saturating_add(beside.map_or(6, NonZeroU32::get));
        attempt.sent(own);
        endpoints.lock().unwrap().push((own.get(), beside.map(NonZeroU32::get)));
        sleep(50 * MS).await;
        Ok(())
    };
    hedged.route.call(&call, &progress, &|_| (), send).await.unwrap();
    assert_eq!(endpoints.into_inner().unwrap(), [(7, None), (8, Some(7))]);
}

#[tokio::test(start_paused = true)]
async fn a_call_without_a_connection_counts_as_unavailable() {
    let policy = Policy::within_ms(100).retries(0);
    let nowhere = Simulated::new(policy, 100, 20);
    let metadata = CallMetadata::default();
    for _ in 0..100 {
        let end = Instant::now() + policy.timeout;
        let call = Outgoing { rpc: READ, policy, end, message: Bytes::new(), metadata: &metadata };
        let (tell, progress) = (|it| nowhere.decisions.lock().unwrap().push(it), Progress::new());
        // As if it waited for a connection to open.
        let send = |_: Attempt<'_>| std::future::pending::<Result<(), UpstreamError>>();
        nowhere.route.call(&call, &progress, &tell, send).await.unwrap_err();
    }
    assert_eq!(nowhere.count(Decision::BreakerOpened), 1);
    assert!(nowhere.count(Decision::Broken) > 70);
}
