//! Latencies that vary on a server with room.

use std::time::Duration;

use admission::{Pressure, Priority, Settings};

use crate::world::{Load, Operation, Service, World};

fn load(per_second: f64, once_in: u32) -> Load {
    let service = Service::Noisy(Duration::from_millis(1), once_in);
    let operation =
        Operation { share: 1.0, priority: Priority::Background, service, elsewhere: Duration::ZERO };
    Load { per_second, workers: 100, operations: vec![operation] }
}

#[tokio::test(start_paused = true)]
async fn noise_sheds_nothing_at_low_load() {
    let mut world = World::new(5, Settings::default());
    for minute in 0..10 {
        // Noisier from minute to minute, and back: once in 20 requests, once in 2.
        let once_in = if minute % 2 == 0 { 20 } else { 2 };
        let report = world.run(&load(300.0, once_in), Duration::from_mins(1)).await;
        println!("minute {minute}: {report}");
        assert_eq!(report.shed(0.0), 0);
        assert!(report.ticks.iter().all(|tick| tick.pressure == Pressure::None));
    }
}

/// Under way are 60 to 120 requests: above the number below which nothing is shed.
#[tokio::test(start_paused = true)]
async fn noise_sheds_nothing_at_medium_load() {
    let mut world = World::new(5, Settings::default());
    for once_in in [20, 4, 20, 4] {
        let report = world.run(&load(35_000.0, once_in), Duration::from_secs(5)).await;
        println!("{report}");
        assert_eq!(report.shed(0.0), 0);
    }
}
