//! Outages of the shared store.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::join_all;
use quota::{Access, Limiter, Rejection};
use tokio::time::{Instant, advance};

use crate::support::{SECOND, SharedBuckets, TIMEOUT, device, quota};

/// Lines that were logged on this thread.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn capture(&self) -> tracing::subscriber::DefaultGuard {
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || log.clone());
        tracing::subscriber::set_default(subscriber.finish())
    }

    fn lines(&self) -> Vec<String> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        text.lines().map(str::to_owned).collect()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn replica() -> (Limiter, Arc<SharedBuckets>) {
    let shared = Arc::new(SharedBuckets::default());
    (Limiter::new(quota(100)).sharing(shared.clone()), shared)
}

#[tokio::test(start_paused = true)]
async fn reads_go_on_by_what_the_replica_knows() {
    let (replica, shared) = replica();
    assert!(replica.charge(device(1), 60, Access::Read).await.is_admitted());
    shared.go_away(true);
    let decision = replica.charge(device(1), 10, Access::Read).await;
    // 50 units came back within the timeout, of which this replica needs 10 only from now on.
    assert!(decision.is_admitted());
    let start = Instant::now();
    let reads = (0..200).map(|_| replica.charge(device(1), 1, Access::Read));
    let admitted = join_all(reads).await.iter().filter(|decision| decision.is_admitted()).count();
    assert_eq!(admitted, 80, "100 less 60 and 10, and 50 that came back");
    assert_eq!(start.elapsed(), Duration::ZERO, "nobody waits for a store that is known to be away");
}

#[tokio::test(start_paused = true)]
async fn writes_are_not_admitted() {
    let (replica, shared) = replica();
    shared.go_away(true);
    let away = Some(Rejection::StoreAway { retry_after: SECOND });
    for _ in 0..3 {
        let decision = replica.charge(device(1), 10, Access::Write).await;
        assert_eq!((decision.rejection(), decision.retry_after()), (away, Some(SECOND)));
    }
    assert_eq!(shared.attempts(), 1);
    assert!(replica.charge(device(1), 10, Access::Read).await.is_admitted());
}

#[tokio::test(start_paused = true)]
async fn a_store_that_is_away_is_tried_once_a_second_by_one_request() {
    let (replica, shared) = replica();
    shared.go_away(true);
    let start = Instant::now();
    assert!(replica.charge(device(1), 1, Access::Read).await.is_admitted());
    assert_eq!((shared.attempts(), start.elapsed()), (1, TIMEOUT));
    advance(Duration::from_millis(999)).await;
    assert!(replica.charge(device(1), 1, Access::Read).await.is_admitted());
    assert_eq!(shared.attempts(), 1);

    advance(Duration::from_millis(1)).await;
    let reads = (0..50).map(|_| replica.charge(device(1), 1, Access::Read));
    assert!(join_all(reads).await.iter().all(quota::Decision::is_admitted));
    assert_eq!(shared.attempts(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_is_dropped_leaves_the_next_one_to_another_request() {
    let (replica, shared) = replica();
    shared.go_away(true);
    assert!(replica.charge(device(1), 1, Access::Read).await.is_admitted());
    advance(SECOND).await;
    let probe = tokio::time::timeout(TIMEOUT / 2, replica.charge(device(1), 1, Access::Read));
    assert!(probe.await.is_err(), "its client went away");
    shared.go_away(false);
    advance(SECOND).await;
    assert!(replica.charge(device(1), 1, Access::Write).await.is_admitted());
    assert_eq!(shared.attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_logged_when_it_starts_and_when_it_ends() {
    let log = Log::default();
    let _captured = log.capture();
    let (replica, shared) = replica();
    shared.go_away(true);
    for _ in 0..5 {
        let reads = (0..10).map(|_| replica.charge(device(1), 1, Access::Read));
        assert!(join_all(reads).await.iter().all(quota::Decision::is_admitted));
        advance(SECOND).await;
    }
    let lines = log.lines();
    assert!(lines.len() == 1 && lines[0].contains("WARN"), "{lines:?}");
    assert!(lines[0].contains("quota=\"devices\" error=Redis: no answer within 500 ms"), "{lines:?}");

    shared.go_away(false);
    for _ in 0..5 {
        assert!(replica.charge(device(1), 1, Access::Write).await.is_admitted());
    }
    let lines = log.lines();
    assert!(lines.len() == 2 && lines[1].contains("INFO") && lines[1].contains("is back"), "{lines:?}");
    // Ten failed before the store was known to be away, then one a second, and all get through again.
    assert_eq!(shared.attempts(), 10 + 4 + 5);
}

#[tokio::test(start_paused = true)]
async fn a_replica_alone_never_admits_more_than_the_quota() {
    let (replica, shared) = replica();
    let start = Instant::now();
    let mut admitted = 0;
    for number in 0_u32.. {
        if start.elapsed() >= SECOND * 60 {
            break;
        }
        shared.go_away(number % 1_000 < 500);
        admitted += u32::from(replica.charge(device(1), 1, Access::Read).await.is_admitted());
        advance(SECOND / 200).await;
    }
    assert!((5_000..=6_100).contains(&admitted), "{admitted}");
}
