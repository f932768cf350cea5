//! Replicas that are restarted or killed under load.

use std::time::Duration;

use bff_kit::host::config::Config;
use tokio::time::{Instant, sleep};

use super::load::{Load, Sent};
use super::replicas::Replicas;
use super::size;
use crate::support::Pipe;

/// Four services, each of which the answer needs to be whole.
pub(super) const PRODUCTS: &str = "{ products(first: 3) { nodes { name price { current { amount } } rating { average } stock { available } } } }";

pub(super) fn shop(addresses: String, more: impl FnOnce(&mut Config)) -> Pipe {
    let configure = |config: &mut Config| {
        config.upstream.default = addresses;
        more(config);
    };
    Pipe::with(bff_web::client(), configure, std::future::pending())
}

fn broken(sent: &[Sent]) -> Vec<&str> {
    sent.iter().map(|it| it.missing.as_str()).filter(|it| !it.is_empty()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rolling_restart_costs_no_answer() {
    let mut replicas = Replicas::open(3);
    let pipe = shop(replicas.addresses(), |_| {});
    let load = Load::start(&pipe, 16, Duration::ZERO, PRODUCTS).await;
    let restarts = size(9, 50);
    for round in 0..restarts {
        load.answered(load.count() + size(100, 1_000)).await;
        replicas.restart(round % 3).await;
    }
    let sent = load.stop().await;
    let broken = broken(&sent);
    println!("{restarts} restarts: {} of {} answers not whole", broken.len(), sent.len());
    assert!(broken.is_empty(), "{} of {}: {}", broken.len(), sent.len(), broken[0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_three_replicas_is_killed_and_nearly_all_answers_are_whole() {
    let mut replicas = Replicas::open(3);
    let pipe = shop(replicas.addresses(), |_| {});
    for round in 0..size(1, 5) {
        let load = Load::start(&pipe, 16, Duration::ZERO, PRODUCTS).await;
        load.answered(200).await;
        let killed = Instant::now();
        replicas.kill(round % 3);
        sleep(Duration::from_secs(2)).await;
        let sent = load.stop().await;
        let since: Vec<_> = sent.into_iter().filter(|it| it.at + it.took >= killed).collect();
        let broken = broken(&since);
        println!("kill: {} of {} answers not whole within 2 s", broken.len(), since.len());
        assert!(
            broken.len() * 200 <= since.len(),
            "{} of {}: {:?}",
            broken.len(),
            since.len(),
            broken.first()
        );
        replicas.start(round % 3);
    }
}
