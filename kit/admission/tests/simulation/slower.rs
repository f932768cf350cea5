//! Requests that become slower for good, for a reason that has nothing to do with load.

use std::time::Duration;

use admission::{Priority, Settings};

use crate::world::{Load, Operation, Service, World};

fn load(per_second: f64, elsewhere_ms: u64) -> Load {
    let of = |service_ms| Operation {
        share: 0.25,
        priority: Priority::Usual,
        service: Service::Exponential(Duration::from_millis(service_ms)),
        elsewhere: Duration::from_millis(elsewhere_ms),
    };
    Load { per_second, workers: 100, operations: vec![of(2), of(3), of(5), of(6)] }
}

/// About 100 requests are under way at 20 ms, 300 at 60 ms.
#[tokio::test(start_paused = true)]
async fn a_slower_network_sheds_nothing_for_long() {
    let mut world = World::new(6, Settings::default());
    world.run(&load(5000.0, 16), Duration::from_secs(20)).await;
    let report = world.run(&load(5000.0, 56), Duration::from_mins(2)).await;
    println!("slower: {report}");
    assert_eq!(report.shed(10.0), 0);
}

/// The limit has been found in an overload, and just so many requests fit in.
#[tokio::test(start_paused = true)]
async fn a_network_that_becomes_slower_in_an_overload_sheds_nothing_after_it() {
    let mut world = World::new(6, Settings::default());
    world.run(&load(5000.0, 16), Duration::from_secs(10)).await;
    let overload = world.run(&Load { workers: 20, ..load(10_000.0, 16) }, Duration::from_secs(20)).await;
    let slower = world.run(&Load { workers: 20, ..load(10_000.0, 56) }, Duration::from_mins(1)).await;
    let after = world.run(&load(5000.0, 56), Duration::from_mins(1)).await;
    println!("overload: {overload}\nand slower: {slower}\nslower alone: {after}");
    assert!(slower.goodput(10.0) >= 0.8 * 5000.0);
    assert_eq!(after.shed(10.0), 0);
}
