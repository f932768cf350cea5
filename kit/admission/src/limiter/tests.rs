use super::*;
use crate::number::count;

/// A server of so many workers, as the limiter sees it: one window after another, with more requests than it can take.
fn overload(limiter: &mut Limiter, workers: f64, slower: f64, windows: u32) -> Vec<f64> {
    let mut limits = Vec::new();
    for _ in 0..windows {
        let slowdown = slower * (limiter.limit() / workers).max(1.0);
        limiter.update(
            Typical { slowdown, unloaded: 20_000_000, samples: 1000 },
            count(limiter.limit()),
            true,
            false,
        );
        limits.push(limiter.limit());
    }
    limits
}

fn limiter() -> Limiter {
    Limiter::new(&Settings { min: 6, max: 1000, ..Settings::default() })
}

#[test]
fn the_limit_falls_to_the_workers_and_rises_with_them() {
    let mut limiter = limiter();
    for workers in [100.0, 20.0, 100.0] {
        let limits = overload(&mut limiter, workers, 1.0, 40);
        let last = limits[39] / workers;
        assert!((0.9..1.2).contains(&last), "{limits:?}");
    }
}

#[test]
fn slowness_that_the_limit_does_not_change_is_accepted() {
    let mut limiter = limiter();
    overload(&mut limiter, 100.0, 1.0, 40);
    let limits = overload(&mut limiter, 100.0, 3.0, 40);
    assert!((90.0..140.0).contains(&limits[39]), "{limits:?}");
}

#[test]
fn a_limit_at_its_least_is_left_once_it_turns_out_to_be_of_no_use() {
    let mut limiter = limiter();
    overload(&mut limiter, 11.0, 1.0, 40);
    let limits = overload(&mut limiter, 200.0, 4.0, 60);
    assert!(limits[59] > 100.0, "{limits:?}");
}

#[test]
fn a_limit_at_its_least_is_seldom_exceeded_where_it_is_of_use() {
    let mut limiter = limiter();
    let limits = overload(&mut limiter, 2.0, 1.0, 1000);
    let above = limits[20..].iter().filter(|limit| **limit > 10.0).count();
    assert!(above <= 10, "{above}");
}

#[test]
fn a_slow_server_that_sheds_nothing_keeps_room_above_its_use() {
    let mut limiter = limiter();
    for _ in 0..10 {
        limiter.update(Typical { slowdown: 3.0, unloaded: 20_000_000, samples: 1000 }, 100, false, false);
    }
    assert!((limiter.limit() - (125.0 + 8.0) / 0.6).abs() < 1.0, "{}", limiter.limit());
}

#[test]
fn latencies_that_deadlines_cut_do_not_pass_for_those_of_a_slow_network() {
    let mut limiter = Limiter::new(&Settings::default());
    let typical = Typical { slowdown: 15.0, unloaded: 50_000_000, samples: 100 };
    for _ in 0..20 {
        limiter.update(typical, count(limiter.limit()), true, true);
    }
    assert!(limiter.limit() < 60.0, "{}", limiter.limit());
}
