use super::*;

const MS: u64 = 1_000_000;

/// Lets requests of these latencies, in milliseconds, complete one after another, one a millisecond from this time on.
fn learn(baseline: &Baseline, from: u64, latencies: impl Iterator<Item = u64>, is_credible: bool) -> u64 {
    let mut now = from;
    for latency in latencies {
        now += MS;
        baseline.learn(latency * MS, now, is_credible);
    }
    now
}

fn ms(baseline: &Baseline) -> f64 {
    baseline.latency().unwrap().as_secs_f64() * 1000.0
}

#[test]
fn a_baseline_is_known_after_eight_requests() {
    let baseline = Baseline::default();
    learn(&baseline, 0, std::iter::repeat_n(5, 7), true);
    assert_eq!(baseline.latency(), None);
    learn(&baseline, 7 * MS, std::iter::repeat_n(5, 1), true);
    assert_eq!(baseline.latency(), Some(Duration::from_millis(5)));
}

#[test]
fn a_baseline_follows_down_within_some_tens_of_requests() {
    let baseline = Baseline::default();
    let now = learn(&baseline, 0, std::iter::repeat_n(400, 10_000), true);
    learn(&baseline, now, std::iter::repeat_n(200, 60), true);
    assert!(ms(&baseline) < 230.0, "{}", ms(&baseline));
}

#[test]
fn a_baseline_rises_by_two_percent_a_second() {
    let baseline = Baseline::default();
    let now = learn(&baseline, 0, std::iter::repeat_n(10, 200_000), true);
    learn(&baseline, now, std::iter::repeat_n(100, 10_000), true);
    assert!((11.0..12.5).contains(&ms(&baseline)), "{}", ms(&baseline));
}

#[test]
fn a_baseline_does_not_rise_by_latencies_that_are_not_credible() {
    let baseline = Baseline::default();
    let now = learn(&baseline, 0, std::iter::repeat_n(10, 60_000), true);
    learn(&baseline, now, std::iter::repeat_n(100, 60_000), false);
    assert_eq!(baseline.latency(), Some(Duration::from_millis(10)));
}

#[test]
fn outliers_do_not_move_a_baseline() {
    let baseline = Baseline::default();
    learn(&baseline, 0, (0..60_000).map(|it| if it % 3 == 0 { 1000 } else { 10 }), true);
    assert!((10.0..11.2).contains(&ms(&baseline)), "{}", ms(&baseline));
}

#[test]
fn a_first_latency_of_another_order_is_forgotten() {
    let baseline = Baseline::default();
    baseline.learn(100, 0, true);
    learn(&baseline, 0, std::iter::repeat_n(10, 1000), true);
    assert!((9.0..10.5).contains(&ms(&baseline)), "{}", ms(&baseline));
}
