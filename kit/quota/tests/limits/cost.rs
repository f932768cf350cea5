//! The cost of a charge: the CPU time of the thread, since other programs run on the same machine, and its allocations.

use std::time::Duration;

use cpu_time::ThreadTime;
use futures_util::FutureExt as _;
use quota::{Access, Limiter, QuotaKey};

use crate::support::{device, quota};

const REQUESTS: u32 = 100_000;

/// A debug build is several times slower.
const SLOWNESS: u32 = if cfg!(debug_assertions) { 10 } else { 1 };

/// CPU time of one request; the best of five rounds.
fn cost(mut request: impl FnMut(u32)) -> Duration {
    let round = |_| {
        let start = ThreadTime::now();
        (0..REQUESTS).for_each(&mut request);
        start.elapsed() / REQUESTS
    };
    (0..5).map(round).min().unwrap()
}

#[tokio::test]
async fn a_charge_costs_less_than_a_microsecond() {
    let limiter = Limiter::new(quota(100));
    let keys: Vec<_> = (0..10_000).map(device).collect();
    let known = device(u32::MAX);
    let key = |number: u32| keys[number as usize % keys.len()];
    let here = cost(|number| {
        let _decision = limiter.charge_here(key(number), 1);
    });
    let future = cost(|number| {
        let _decision = limiter.charge(key(number), 1, Access::Write).now_or_never().unwrap();
    });
    let too_costly = cost(|number| assert!(!limiter.charge_here(key(number), 101).is_admitted()));
    let hash = cost(|number| assert_ne!(device(number), known));
    println!("charge here {here:?}, as a future {future:?}, too costly {too_costly:?}; a key {hash:?}");
    let most = Duration::from_micros(1) * SLOWNESS;
    assert!(here < most && future < most && too_costly < most && hash < most);
}

#[tokio::test]
async fn a_flood_of_keys_costs_little_more() {
    let limiter = Limiter::with_max_keys(quota(100), 50_000);
    let keys: Vec<_> = (0..REQUESTS).map(device).collect();
    let flood = cost(|number| {
        let _decision = limiter.charge_here(keys[number as usize], 100);
    });
    // One shard with all the keys that it ever has. None is whole, and the one after them has it swept.
    let sweep = |_| {
        let limiter = Limiter::with_max_keys(quota(100), 4_096);
        keys[..4_096].iter().for_each(|key| assert!(limiter.charge_here(*key, 100).is_admitted()));
        let start = ThreadTime::now();
        assert!(limiter.charge_here(keys[4_096], 100).is_admitted());
        start.elapsed()
    };
    let sweep = (0..5).map(sweep).min().unwrap();
    println!("a charge in a flood {flood:?}, one that sweeps {sweep:?}");
    let [most, most_of_a_sweep] = [2, 100].map(|us| Duration::from_micros(us) * SLOWNESS);
    assert!(flood < most && sweep < most_of_a_sweep);
}

#[tokio::test]
async fn a_charge_without_a_shared_store_is_ready_at_once_and_allocates_nothing() {
    let limiter = Limiter::new(quota(100));
    let charge = |key: QuotaKey, cost| limiter.charge(key, cost, Access::Write).now_or_never();
    let known = device(1);
    assert!(charge(known, 50).unwrap().is_admitted());
    let info = allocation_counter::measure(|| {
        assert!(charge(known, 50).unwrap().is_admitted());
        assert!(!charge(known, 50).unwrap().is_admitted());
        assert!(!charge(known, 101).unwrap().is_admitted());
        assert_ne!(device(2), known);
    });
    assert_eq!(info.count_total, 0);
}
