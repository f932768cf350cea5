//! A minute at twice the quota, and bursts.

use std::time::Duration;

use quota::{Limiter, Quota, QuotaKey};
use tokio::time::advance;

use crate::support::{MINUTE, SECOND, device, quota};

/// Units that a key gets within a minute, of requests with these costs in turn, sent at twice the quota.
async fn admitted_in_a_minute(limiter: &Limiter, key: QuotaKey, costs: &[u32]) -> u32 {
    let mut admitted = 0;
    let mut passed = Duration::ZERO;
    for cost in costs.iter().cycle() {
        if passed >= MINUTE {
            break;
        }
        if limiter.charge_here(key, *cost).is_admitted() {
            admitted += cost;
        }
        let pause = limiter.quota().window() / limiter.quota().units() / 2 * *cost;
        passed += pause;
        advance(pause).await;
    }
    admitted
}

#[tokio::test(start_paused = true)]
async fn a_minute_at_twice_the_quota_admits_the_quota() {
    for costs in [&[1][..], &[10], &[1, 7, 20, 2, 10, 1, 1]] {
        let limiter = Limiter::new(quota(50));
        let first = admitted_in_a_minute(&limiter, device(1), costs).await;
        assert!((5_940..=6_060).contains(&first), "{costs:?}: {first} of 6,000, the burst included");
        let later = admitted_in_a_minute(&limiter, device(1), costs).await;
        assert!((5_940..=6_000).contains(&later), "{costs:?}: {later} of 6,000");
    }
}

#[tokio::test(start_paused = true)]
async fn a_burst_is_exact() {
    let limiter = Limiter::new(quota(100));
    let burst = || (0..1_000).filter(|_| limiter.charge_here(device(1), 1).is_admitted()).count();
    assert_eq!(burst(), 100);
    advance(Duration::from_millis(249)).await;
    assert_eq!(burst(), 24, "a unit comes back every 10 ms");
    advance(Duration::from_millis(1)).await;
    assert_eq!(burst(), 1);
    advance(MINUTE).await;
    assert_eq!(burst(), 100, "a key that was quiet has a burst, and no more");
}

#[tokio::test(start_paused = true)]
async fn a_cost_is_charged_whole_or_not_at_all() {
    let limiter = Limiter::new(quota(100));
    let key = device(1);
    let first = limiter.charge_here(key, 70);
    assert_eq!((first.is_admitted(), first.remaining(), first.reset()), (true, 30, SECOND * 7 / 10));
    assert_eq!(first.retry_after(), None);

    let second = limiter.charge_here(key, 50);
    assert_eq!((second.is_admitted(), second.remaining(), second.reset()), (false, 30, SECOND * 7 / 10));
    assert_eq!(second.retry_after(), Some(SECOND * 2 / 10));
    assert_eq!(limiter.charge_here(key, 30).remaining(), 0, "the request in between cost nothing");

    advance(Duration::from_millis(499)).await;
    assert_eq!(limiter.charge_here(key, 50).retry_after(), Some(Duration::from_millis(1)));
    advance(Duration::from_millis(1)).await;
    assert!(limiter.charge_here(key, 50).is_admitted());
}

#[test]
fn threads_that_charge_at_once_share_a_burst() {
    let limiter =
        Limiter::new(Quota::new("slow", 24, Duration::from_hours(24)).unwrap().with_burst(100).unwrap());
    let charges = || (0..1_000).filter(|_| limiter.charge_here(device(1), 1).is_admitted()).count();
    let admitted = std::thread::scope(|scope| {
        let threads = [(); 4].map(|()| scope.spawn(charges));
        threads.map(|thread| thread.join().unwrap())
    });
    assert_eq!(admitted.iter().sum::<usize>(), 100, "{admitted:?}");
}

#[tokio::test(start_paused = true)]
async fn keys_do_not_use_the_units_of_others() {
    let limiter = Limiter::new(quota(10));
    assert!(limiter.charge_here(device(1), 10).is_admitted());
    assert!(!limiter.charge_here(device(1), 1).is_admitted());
    assert!(limiter.charge_here(device(2), 10).is_admitted());
    assert_eq!(limiter.keys(), 2);
}
