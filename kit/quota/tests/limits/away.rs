//! Outages of the shared store.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use quota::{Access, Limiter, Rejection};
use tokio::time::{Instant, advance};

use crate::support::{SECOND, SharedBuckets, TIMEOUT, device, quota};

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
async fn an_outage_ends_with_a_probe_that_succeeds() {
    let (replica, shared) = replica();
    shared.go_away(true);
    for _ in 0..5 {
        let reads = (0..10).map(|_| replica.charge(device(1), 1, Access::Read));
        assert!(join_all(reads).await.iter().all(quota::Decision::is_admitted));
        advance(SECOND).await;
    }
    shared.go_away(false);
    for _ in 0..5 {
        assert!(replica.charge(device(1), 1, Access::Write).await.is_admitted());
    }
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
