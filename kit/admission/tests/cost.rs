//! The cost of an admission.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::time::Duration;

use admission::{Admission, Baseline, Priority, Settings};
use tokio::time::Instant;

const REQUESTS: u32 = 200_000;

/// Time of one request of several threads that admit and complete as fast as they can; the best of five runs, since
/// other programs run on the same machine.
fn cost(threads: u32) -> Duration {
    let admission = Admission::new(Settings::default());
    let run = || {
        let start = Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    let baseline = Baseline::default();
                    for _ in 0..REQUESTS {
                        admission.admit(Priority::Usual, &baseline).unwrap().completed();
                    }
                });
            }
        });
        start.elapsed() / REQUESTS
    };
    (0..5).map(|_| run()).min().unwrap()
}

#[test]
fn an_admission_costs_less_than_a_microsecond() {
    let [alone, contended] = [1, 2].map(cost);
    println!("admit and complete: {alone:?} by one thread, {contended:?} by two");
    assert!(alone < Duration::from_micros(5) && contended < Duration::from_micros(10));
}

#[test]
fn a_shed_costs_less_than_a_microsecond() {
    let admission = Admission::new(Settings { min: 1, max: 1, ..Settings::default() });
    let baseline = Baseline::default();
    let held: Vec<_> =
        std::iter::from_fn(|| admission.admit(Priority::Usual, &baseline).ok()).take(10).collect();
    let start = Instant::now();
    for _ in 0..REQUESTS {
        assert!(admission.admit(Priority::Usual, &baseline).is_err());
    }
    let cost = start.elapsed() / REQUESTS;
    println!("shed: {cost:?}; {} under way", held.len());
    assert!(cost < Duration::from_micros(5));
}
