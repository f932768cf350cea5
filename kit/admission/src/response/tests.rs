use super::*;

#[test]
fn a_latency_that_follows_the_limit_is_a_queue() {
    let mut response = Response::default();
    assert_eq!(response.judge(400.0, 8.0), Verdict::Open);
    assert_eq!(response.judge(300.0, 6.0), Verdict::Open);
    assert_eq!(response.judge(200.0, 4.0), Verdict::Responds);
}

#[test]
fn a_latency_that_ignores_the_limit_twice_is_no_queue() {
    let mut response = Response::default();
    response.judge(400.0, 3.0);
    assert_eq!(response.judge(200.0, 3.1), Verdict::Doubtful);
    assert_eq!(response.judge(100.0, 3.0), Verdict::Ignores(400.0));
    let slowdown = response.slowdown(3.0, true);
    assert!((slowdown - 1.0).abs() < 1e-9);
}

#[test]
fn a_level_follows_the_slowdown_down_and_is_forgotten_while_requests_are_shed_for_it() {
    let mut response = Response::default();
    response.judge(400.0, 3.0);
    response.judge(200.0, 3.0);
    response.judge(100.0, 3.0);
    (0..20).for_each(|_| {
        response.slowdown(2.0, false);
    });
    assert!((response.slowdown(2.0, false) - 1.0).abs() < 0.01);
    (0..REMEMBERED).for_each(|_| {
        response.slowdown(2.0, false);
    });
    assert!(response.slowdown(2.0, false) < 1.1);
    assert!((response.slowdown(2.0, true) - 2.0).abs() < 1e-9);
}
