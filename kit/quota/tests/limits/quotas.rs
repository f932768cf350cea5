//! Numbers that make no quota, and costs that no quota has.

use std::time::Duration;

use quota::{Limiter, Quota, QuotaError, Rejection};
use tokio::time::advance;

use crate::support::{MINUTE, SECOND, device, quota};

#[test]
fn numbers_that_make_no_quota_are_errors() {
    let quota = |name, units, window| Quota::new(name, units, window).map(|_| ());
    for name in ["", "de vices", "de\"vices", "geräte", "a:b"] {
        assert_eq!(quota(name, 1, MINUTE), Err(QuotaError::Name), "{name}");
    }
    assert_eq!(quota("devices", 0, MINUTE), Err(QuotaError::Units));
    assert_eq!(quota("devices", 10_000_000, SECOND), Ok(()));
    assert_eq!(quota("devices", 10_000_000, Duration::from_secs(1_000)), Ok(()));
    assert_eq!(quota("devices", 20_000_000, SECOND), Err(QuotaError::Units));
    assert_eq!(quota("devices", 1, Duration::ZERO), Err(QuotaError::Window));
    assert_eq!(quota("devices", 1, Duration::from_millis(1_500)), Err(QuotaError::Window));
    assert_eq!(quota("devices", 1, Duration::from_hours(24 * 101)), Err(QuotaError::Window));
    assert_eq!(quota("devices", u32::MAX, Duration::MAX), Err(QuotaError::Window));
    let burst = |burst| Quota::new("devices", 1, MINUTE).unwrap().with_burst(burst).map(|it| it.burst());
    assert_eq!(burst(0), Err(QuotaError::Burst));
    assert_eq!(burst(24 * 60 * 100), Ok(24 * 60 * 100));
    assert_eq!(burst(u32::MAX), Err(QuotaError::Burst));
    assert!(QuotaError::Burst.to_string().contains("100 days"));
}

#[tokio::test(start_paused = true)]
async fn a_quota_whose_units_do_not_divide_its_window_gives_no_more_than_its_units() {
    let limiter = Limiter::new(Quota::new("thirds", 3, SECOND).unwrap().with_burst(1).unwrap());
    for _ in 0..10 {
        assert!(limiter.charge_here(device(1), 1).is_admitted());
        advance(Duration::from_nanos(333_333_333)).await;
        assert!(!limiter.charge_here(device(1), 1).is_admitted(), "a third of a second is not over");
        advance(Duration::from_nanos(1)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_cost_above_the_burst_is_never_admitted() {
    let limiter = Limiter::new(quota(100));
    for cost in [101, u32::MAX] {
        let decision = limiter.charge_here(device(1), cost);
        assert_eq!(decision.rejection(), Some(Rejection::TooCostly));
        assert_eq!((decision.retry_after(), decision.retry_after_header()), (None, None));
        assert_eq!((decision.remaining(), decision.reset()), (100, Duration::ZERO));
    }
    assert_eq!(limiter.keys(), 0, "it leaves nothing");
    assert_eq!(limiter.charge_here(device(1), 40).remaining(), 60);
    advance(Duration::from_millis(100)).await;
    let decision = limiter.charge_here(device(1), 101);
    assert_eq!((decision.remaining(), decision.reset()), (70, Duration::from_millis(300)));
    assert!(limiter.charge_here(device(1), 70).is_admitted());
}

#[tokio::test(start_paused = true)]
async fn a_cost_of_nothing_is_one_unit() {
    let limiter = Limiter::new(quota(100));
    assert_eq!(limiter.charge_here(device(1), 0).remaining(), 99);
}
