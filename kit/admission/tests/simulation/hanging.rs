//! An operation that hangs takes nothing from the others.

use std::time::Duration;

use admission::{Priority, Settings};

use crate::world::{Load, Operation, Service, World};

/// The first operation has this share of 1,000 requests a second, and waits this long for another service.
fn load(share: f64, others: u32, elsewhere: Duration) -> Load {
    let service = Service::Exponential(Duration::from_millis(4));
    let of = |share, elsewhere| Operation { share, priority: Priority::Usual, service, elsewhere };
    let part = (1.0 - share) / f64::from(others);
    let mut operations = vec![of(share, elsewhere)];
    operations.extend((0..others).map(|_| of(part, Duration::from_millis(1))));
    Load { per_second: 1000.0, workers: 20, operations }
}

async fn hangs(share: f64, others: u32) {
    let mut world = World::new(4, Settings::default());
    world.run(&load(share, others, Duration::from_millis(1)), Duration::from_secs(20)).await;
    let during = world.run(&load(share, others, Duration::from_millis(400)), Duration::from_mins(1)).await;
    let after = world.run(&load(share, others, Duration::from_millis(1)), Duration::from_secs(20)).await;
    println!("{share} of the traffic hangs beside {others} others: {during}\nafter: {after}");
    for operation in 1..=others as usize {
        assert!(during.admitted(operation, 0.0) >= 0.999);
    }
    assert_eq!(after.shed(0.0), 0);
}

#[tokio::test(start_paused = true)]
async fn others_lose_nothing_to_an_operation_with_a_third_of_the_traffic_that_hangs() {
    hangs(0.3, 3).await;
    hangs(0.3, 1).await;
}

#[tokio::test(start_paused = true)]
async fn others_lose_nothing_to_an_operation_with_most_of_the_traffic_that_hangs() {
    hangs(0.6, 3).await;
    hangs(0.6, 1).await;
}

#[tokio::test(start_paused = true)]
async fn a_server_whose_every_request_hangs_sheds_nothing() {
    // 400 requests hang at a time; usual ones may be 460 with the default.
    let mut world = World::new(4, Settings { max: 1000, ..Settings::default() });
    world.run(&load(1.0, 0, Duration::from_millis(1)), Duration::from_secs(20)).await;
    let during = world.run(&load(1.0, 0, Duration::from_millis(400)), Duration::from_mins(1)).await;
    println!("all of the traffic hangs: {during}");
    assert_eq!(during.shed(0.0), 0);
}
