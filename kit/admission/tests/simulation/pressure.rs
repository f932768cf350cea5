//! Pressure goes up within a second, and comes down step by step.

use std::time::Duration;

use admission::{Pressure, Priority, Settings};

use crate::report::Report;
use crate::world::{Load, Operation, Service, World};

fn load(per_second: f64) -> Load {
    let service = Service::Even(Duration::from_millis(10));
    let operation = Operation { share: 1.0, priority: Priority::Usual, service, elsewhere: Duration::ZERO };
    Load { per_second, workers: 50, operations: vec![operation] }
}

fn first(report: &Report, pressure: Pressure) -> f64 {
    report.ticks.iter().find(|tick| tick.pressure == pressure).map_or(f64::MAX, |tick| report.since(tick.at))
}

#[tokio::test(start_paused = true)]
async fn pressure_goes_up_within_a_second_and_comes_down_step_by_step() {
    let mut world = World::new(7, Settings::default());
    let before = world.run(&load(2500.0), Duration::from_secs(10)).await;
    assert!(before.ticks.iter().all(|tick| tick.pressure == Pressure::None));
    let during = world.run(&load(20_000.0), Duration::from_secs(10)).await;
    let after = world.run(&load(2500.0), Duration::from_secs(10)).await;
    let up = [Pressure::Moderate, Pressure::High, Pressure::Severe].map(|it| first(&during, it));
    let down = [Pressure::High, Pressure::Moderate, Pressure::None].map(|it| first(&after, it));
    println!("up after {up:?} s, down after {down:?} s");
    assert!(up[2] <= 1.3 && up.is_sorted());
    assert!(down[0] >= 1.7 && down[1] >= down[0] + 1.7 && down[2] >= down[1] + 1.7 && down[2] <= 7.0);
}

/// At 20 % above capacity a sixth is shed: high, but not severe; and nothing flaps.
#[tokio::test(start_paused = true)]
async fn pressure_is_steady_under_a_steady_load() {
    let mut world = World::new(7, Settings::default());
    world.run(&load(2500.0), Duration::from_secs(10)).await;
    let report = world.run(&load(6000.0), Duration::from_mins(1)).await;
    println!("{report}");
    let steady = report.ticks.iter().filter(|tick| report.since(tick.at) > 10.0);
    assert!(steady.clone().all(|tick| tick.pressure == Pressure::High));
}
