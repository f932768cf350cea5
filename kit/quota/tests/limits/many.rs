//! More keys than there is room for.

use std::time::Duration;

use quota::{Limiter, Quota};
use tokio::time::advance;

use crate::support::{MINUTE, SECOND, device, quota};

#[tokio::test(start_paused = true)]
async fn a_million_keys_take_less_than_64_megabytes() {
    let limiter = Limiter::new(quota(100));
    let taken = allocation_counter::measure(|| {
        for number in 0..1_000_000 {
            assert!(limiter.charge_here(device(number), 1).is_admitted());
        }
    });
    let (keys, megabytes) = (limiter.keys(), taken.bytes_max.div_ceil(1_000_000));
    println!("{keys} keys have buckets, in {megabytes} MB at most");
    assert!(keys > 999_000 && megabytes < 64);
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_keys_neither_grows_past_the_bound_nor_lifts_a_debt() {
    let limiter = Limiter::with_max_keys(quota(100), 1_000);
    assert!(limiter.charge_here(device(0), 100).is_admitted());
    for number in 1..100_000 {
        let _flood = limiter.charge_here(device(number), 100);
    }
    assert_eq!(limiter.keys(), 1_000);
    assert!(!limiter.charge_here(device(0), 1).is_admitted(), "its debt is not forgotten");
    advance(Duration::from_millis(500)).await;
    assert_eq!(limiter.charge_here(device(0), 20).remaining(), 30, "nor does it pay for the flood");
}

#[tokio::test(start_paused = true)]
async fn keys_past_the_bound_share_the_limit_of_a_few() {
    let limiter = Limiter::with_max_keys(quota(100), 1_000);
    let flood = |from: u32| {
        let keys = (from..from + 10_000).map(|number| limiter.charge_here(device(number), 50));
        keys.filter(quota::Decision::is_admitted).count()
    };
    assert_eq!(flood(0), 1_000 + 16 * 2, "a thousand keys, and two from each of 16 shared buckets");
    assert_eq!(flood(10_000), 0);
    advance(SECOND / 2).await;
    assert_eq!(
        flood(20_000),
        16,
        "the shared buckets have 50 units again; the others are not whole for long enough"
    );
    advance(MINUTE).await;
    assert_eq!(flood(30_000), 1_000 + 16 * 2, "the first of them found the table full, and had it swept");
}

#[tokio::test(start_paused = true)]
async fn a_key_that_leaves_a_shared_bucket_takes_its_debt_along() {
    // A unit comes back in a minute, so that the table has room again long before a debt is over.
    let limiter = Limiter::with_max_keys(Quota::new("slow", 60, MINUTE * 60).unwrap(), 1);
    assert!(limiter.charge_here(device(0), 1).is_admitted());
    assert!(limiter.charge_here(device(1), 60).is_admitted(), "a shared bucket of its own");
    assert_eq!(limiter.keys(), 1);
    advance(MINUTE * 3).await;
    assert_eq!(limiter.charge_here(device(1), 1).remaining(), 2, "of the three that came back");
    assert_eq!(limiter.keys(), 0, "the first key was whole, and is swept");
    assert_eq!(limiter.charge_here(device(1), 1).remaining(), 1);
    assert_eq!(limiter.keys(), 1, "it has a bucket of its own");
    assert!(!limiter.charge_here(device(1), 2).is_admitted());
}

#[tokio::test(start_paused = true)]
async fn a_full_table_is_swept_at_most_once_a_second() {
    let limiter = Limiter::with_max_keys(quota(100), 1_000);
    for number in 0..1_001 {
        assert!(limiter.charge_here(device(number), 1).is_admitted());
    }
    assert_eq!(limiter.keys(), 1_000, "swept, and none was whole");
    advance(SECOND / 2).await;
    assert!(limiter.charge_here(device(2_000), 1).is_admitted());
    assert_eq!(limiter.keys(), 1_000, "all are whole, and half a second ago it was swept");
    advance(SECOND / 2).await;
    assert!(limiter.charge_here(device(3_000), 1).is_admitted());
    assert_eq!(limiter.keys(), 0);
}
