//! The limit finds the capacity of a server, and follows it.

use std::time::Duration;

use admission::{Priority, Settings};

use crate::world::{Load, Operation, Service, World};

fn demand(workers: usize, service: Service) -> Load {
    let elsewhere = Duration::ZERO;
    let operation = Operation { share: 1.0, priority: Priority::Essential, service, elsewhere };
    Load { per_second: 8000.0, workers, operations: vec![operation] }
}

async fn follows(name: &str, service: Service) {
    let mut world = World::new(1, Settings { min: 8, ..Settings::default() });
    world.run(&Load { per_second: 2000.0, ..demand(100, service) }, Duration::from_secs(10)).await;
    for workers in [100, 20, 100] {
        let report = world.run(&demand(workers, service), Duration::from_secs(20)).await;
        let bounds = workers as f64 * 0.75..=workers as f64 * 1.25;
        let (mean, settled) = (report.limit(10.0, 20.0), report.settled(&bounds));
        println!("{name}, {workers} workers: limit {mean:.1}, within 25 % after {settled:.1} s; {report}");
        assert!(bounds.contains(&mean) && settled <= 10.0);
        assert!(report.goodput(10.0) >= 0.95 * workers as f64 / 0.02);
    }
}

#[tokio::test(start_paused = true)]
async fn the_limit_follows_the_capacity_where_service_times_are_even() {
    follows("even", Service::Even(Duration::from_millis(20))).await;
}

#[tokio::test(start_paused = true)]
async fn the_limit_follows_the_capacity_where_service_times_are_exponential() {
    follows("exponential", Service::Exponential(Duration::from_millis(20))).await;
}
