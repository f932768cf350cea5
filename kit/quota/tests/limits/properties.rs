//! What holds for any order of requests.

use std::time::Duration;

use proptest::prelude::*;
use quota::{Limiter, Quota};
use tokio::time::{Instant, advance};

use crate::support::{SECOND, device};

/// Runs on a paused clock.
fn paused(test: impl Future<Output = Result<(), TestCaseError>>) -> Result<(), TestCaseError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.unwrap().block_on(test)
}

/// Fails if one key got more than a burst and what came back, in any stretch of time.
fn within_quota(quota: &Quota, admitted: &[(Instant, u32)]) -> Result<(), TestCaseError> {
    for (place, (start, _)) in admitted.iter().enumerate() {
        let mut units = 0;
        for (end, cost) in &admitted[place..] {
            units += u128::from(*cost);
            let came_back =
                (*end - *start).as_nanos() * u128::from(quota.units()) / quota.window().as_nanos();
            prop_assert!(units <= u128::from(quota.burst()) + came_back, "{units} in {:?}", *end - *start);
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn no_key_gets_more_than_a_burst_and_what_came_back(
        units in 1..5_000_u32,
        window_s in 1..100_u64,
        burst in 1..200_u32,
        // Up to three keys have buckets; the fourth to sixth share.
        requests in prop::collection::vec((0..6_u32, 1..250_u32, 0..3_000_000_u64), 1..200),
    ) {
        let quota = Quota::new("any", units, SECOND * u32::try_from(window_s)?).unwrap().with_burst(burst).unwrap();
        paused(async {
            let limiter = Limiter::with_max_keys(quota.clone(), 3);
            let mut admitted = [const { Vec::new() }; 6];
            for (key, cost, pause_us) in requests {
                advance(Duration::from_micros(pause_us)).await;
                if limiter.charge_here(device(key), cost).is_admitted() {
                    admitted[key as usize].push((Instant::now(), cost));
                }
            }
            admitted.iter().try_for_each(|admitted| within_quota(&quota, admitted))
        })?;
    }

    #[test]
    fn decisions_say_when_a_retry_is_admitted(
        units in 1..5_000_u32,
        burst in 1..200_u32,
        requests in prop::collection::vec((1..250_u32, 0..3_000_000_u64), 1..100),
    ) {
        let quota = Quota::new("any", units, SECOND).unwrap().with_burst(burst).unwrap();
        paused(async {
            let limiter = Limiter::new(quota);
            let mut left = burst;
            for (cost, pause_us) in requests {
                let pause = Duration::from_micros(pause_us);
                advance(pause).await;
                let decision = limiter.charge_here(device(1), cost);
                prop_assert!(decision.remaining() <= burst);
                if decision.is_admitted() {
                    prop_assert!(decision.remaining() + cost >= left.min(burst), "none is lost");
                } else if let Some(after) = decision.retry_after() {
                    prop_assert!(decision.remaining() < cost && after <= decision.reset());
                    advance(after.saturating_sub(Duration::from_nanos(1))).await;
                    prop_assert!(!limiter.charge_here(device(1), cost).is_admitted(), "a moment before");
                    advance(Duration::from_nanos(1)).await;
                    prop_assert!(limiter.charge_here(device(1), cost).is_admitted());
                } else {
                    prop_assert!(cost > burst);
                }
                left = limiter.charge_here(device(1), u32::MAX).remaining();
            }
            Ok(())
        })?;
    }
}
