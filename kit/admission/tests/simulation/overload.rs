//! Ten times the load that the server can take.

use std::time::Duration;

use admission::{Priority, Settings};

use crate::world::{Load, Operation, Service, World};

const WORKERS: usize = 50;
const CAPACITY: f64 = WORKERS as f64 / 0.01;

fn load(factor: f64) -> Load {
    let service = Service::Even(Duration::from_millis(10));
    let browsing =
        Operation { share: 1.0, priority: Priority::Usual, service, elsewhere: Duration::from_millis(5) };
    Load { per_second: factor * CAPACITY, workers: WORKERS, operations: vec![browsing] }
}

#[tokio::test(start_paused = true)]
async fn an_overloaded_server_does_as_much_as_ever_and_as_fast() {
    let mut world = World::new(2, Settings::default());
    let before = world.run(&load(0.5), Duration::from_secs(10)).await;
    let peak = world.run(&load(0.9), Duration::from_secs(20)).await.goodput(0.0) / 0.9;
    let during = world.run(&load(10.0), Duration::from_secs(20)).await;
    let after = world.run(&load(0.5), Duration::from_secs(10)).await;
    let unloaded = before.percentile(99.0, 0.0);
    println!("before: {before}\nduring: {during}\nafter: {after}");
    let (goodput, slowest) = (during.goodput(0.0) / peak, during.percentile(99.0, 0.0) / unloaded);
    let settled = during.percentile(99.0, 1.0) / unloaded;
    println!("goodput {goodput:.3} of the peak, p99 {slowest:.2} of unloaded, {settled:.2} after 1 s");
    assert_eq!(before.shed(0.0), 0);
    assert!(goodput >= 0.9 && slowest <= 2.0);
    println!("shed last {:?} s after the overload", after.last_shed());
    assert_eq!(after.shed(5.0), 0);
    assert!(after.percentile(99.0, 5.0) <= 1.1 * unloaded);
}

/// Four workers need no more than four requests at a time, but nothing is shed below 32.
#[tokio::test(start_paused = true)]
async fn a_small_server_runs_as_few_requests_as_it_may() {
    let mut world = World::new(2, Settings::default());
    let small = |factor| Load { workers: 4, ..load(factor * 4.0 / WORKERS as f64) };
    world.run(&small(0.5), Duration::from_secs(10)).await;
    let during = world.run(&small(10.0), Duration::from_mins(1)).await;
    println!("{during}");
    assert!(during.goodput(0.0) >= 0.9 * 400.0);
    assert!(during.limit(5.0, 60.0) <= 1.25 * 54.0);
}

/// Nothing is known of the latency without load: the baseline is learnt from the first requests, before a queue builds.
#[tokio::test(start_paused = true)]
async fn a_server_that_starts_in_an_overload_finds_its_limit() {
    let mut world = World::new(2, Settings::default());
    let during = world.run(&load(10.0), Duration::from_secs(30)).await;
    let unloaded = 20.0;
    println!("{during}");
    assert!(during.goodput(0.0) >= 0.9 * CAPACITY);
    assert!(during.percentile(99.0, 10.0) <= 3.0 * unloaded);
}
