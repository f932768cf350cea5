//! Replicas that count together.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use quota::{Access, Limiter, Rejection};
use tokio::time::{Instant, advance};

use crate::support::{MINUTE, SharedBuckets, device, quota};

fn replicas<const N: usize>(burst: u32) -> ([Limiter; N], Arc<SharedBuckets>) {
    let shared = Arc::new(SharedBuckets::default());
    let replica = |_| Limiter::new(quota(burst)).sharing(shared.clone());
    (std::array::from_fn(replica), shared)
}

#[tokio::test(start_paused = true)]
async fn replicas_have_one_burst_together() {
    let (replicas, _shared) = replicas::<3>(100);
    let charges = (0..300).map(|number| replicas[number % 3].charge(device(1), 1, Access::Read));
    let admitted = join_all(charges).await.iter().filter(|decision| decision.is_admitted()).count();
    assert_eq!(admitted, 100);
}

#[tokio::test(start_paused = true)]
async fn a_minute_at_twice_the_quota_admits_the_quota_of_all_replicas_together() {
    // One replica has seven of eight requests: its own limiter alone would let 1.75 times the quota's requests through.
    let (replicas, _shared) = replicas::<2>(50);
    let start = Instant::now();
    let mut admitted = [0, 0];
    for number in 0_u32.. {
        if start.elapsed() >= MINUTE {
            break;
        }
        let replica = usize::from(number.is_multiple_of(8));
        let decision = replicas[replica].charge(device(1), 1, Access::Write).await;
        admitted[replica] += u32::from(decision.is_admitted());
        advance(Duration::from_millis(5)).await;
    }
    let sum = admitted[0] + admitted[1];
    assert!((5_940..=6_060).contains(&sum), "{admitted:?}");
    assert!(admitted[1] > 400, "the quiet replica has a share: {admitted:?}");
}

#[tokio::test(start_paused = true)]
async fn a_replica_that_knows_better_does_not_ask() {
    let ([replica], shared) = replicas(100);
    assert!(replica.charge(device(1), 100, Access::Read).await.is_admitted());
    assert_eq!(shared.attempts(), 1);
    assert!(!replica.charge(device(1), 1, Access::Read).await.is_admitted());
    assert_eq!(replica.charge(device(1), 101, Access::Read).await.rejection(), Some(Rejection::TooCostly));
    assert_eq!(shared.attempts(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_decision_tells_of_the_replica_or_of_all_as_either_has_less() {
    let ([first, second], _shared) = replicas(100);
    assert_eq!(first.charge(device(1), 60, Access::Read).await.remaining(), 40);
    let decision = second.charge(device(1), 10, Access::Read).await;
    assert_eq!((decision.remaining(), decision.reset()), (30, Duration::from_millis(700)));

    // All have 30 left, and the second replica has charged 70 by now.
    let decision = second.charge(device(1), 60, Access::Read).await;
    assert_eq!((decision.is_admitted(), decision.remaining()), (false, 30));
    assert_eq!(decision.retry_after(), Some(Duration::from_millis(300)));
    advance(Duration::from_millis(299)).await;
    assert!(!second.charge(device(1), 60, Access::Read).await.is_admitted());
    advance(Duration::from_millis(1)).await;
    assert!(second.charge(device(1), 60, Access::Read).await.is_admitted());
}

#[tokio::test(start_paused = true)]
async fn a_replica_says_when_it_admits_the_retry_itself() {
    let ([first, second], _shared) = replicas(100);
    assert!(first.charge(device(1), 60, Access::Read).await.is_admitted());
    let decision = second.charge(device(1), 50, Access::Read).await;
    assert_eq!(decision.retry_after(), Some(Duration::from_millis(100)), "all have 40 left");

    // A client that does not wait: all still have 40 left, and the second replica has charged 100.
    let decision = second.charge(device(1), 50, Access::Read).await;
    assert_eq!((decision.remaining(), decision.reset()), (0, Duration::from_secs(1)));
    let after = decision.retry_after().unwrap();
    assert_eq!(after, Duration::from_millis(500));
    advance(after).await;
    assert!(second.charge(device(1), 50, Access::Read).await.is_admitted());
}
