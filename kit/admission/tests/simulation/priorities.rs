//! The highest priority is served first.

use std::time::Duration;

use admission::{Priority, Settings};

use crate::world::{Load, Operation, Service, World};

fn load(per_second: f64) -> Load {
    let service = Service::Exponential(Duration::from_millis(10));
    let of = |priority, share| Operation { share, priority, service, elsewhere: Duration::ZERO };
    let operations =
        vec![of(Priority::Essential, 0.1), of(Priority::Usual, 0.6), of(Priority::Background, 0.3)];
    Load { per_second, workers: 50, operations }
}

/// 50 workers do 5,000 requests a second. Of ten times the usual 3,500, a tenth is essential: 3,500.
#[tokio::test(start_paused = true)]
async fn essential_requests_are_admitted_while_all_others_are_shed() {
    let mut world = World::new(3, Settings::default());
    world.run(&load(3500.0), Duration::from_secs(10)).await;
    let report = world.run(&load(35_000.0), Duration::from_secs(20)).await;
    println!("{report}");
    assert!(report.admitted(0, 0.0) >= 0.99);
    assert!(report.admitted(1, 0.0) > report.admitted(2, 0.0));
    assert!(report.goodput(0.0) >= 0.9 * 5000.0);
}
