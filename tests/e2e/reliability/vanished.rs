//! A service that vanishes without a word, and one that nobody reaches.

use std::time::Duration;

use tokio::time::Instant;

use super::load::Load;
use super::proxy::Proxy;
use super::replicas::Replicas;
use super::restarts::{PRODUCTS, shop};

const STOCK: &str = "{ products(first: 1) { nodes { name } } }";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_dies_without_a_word_is_replaced_after_two_calls() {
    let replicas = Replicas::open(1);
    let proxy = Proxy::before(replicas.address(0)).await;
    let pipe = shop(format!("http://{}", proxy.address), |_| {});
    pipe.query(STOCK).await.whole();
    proxy.silence();
    let silent = Instant::now();
    let mut failed = 0;
    while pipe.query(STOCK).await.body.get("errors").is_some() {
        failed += 1;
    }
    println!("silent connection: {failed} answers not whole, back after {:?}", silent.elapsed());
    assert!(failed <= 2, "{failed}");
    assert!(proxy.opened() <= 3);
    pipe.query(PRODUCTS).await.whole();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_takes_connections_and_says_nothing_is_slow() {
    // The kernel takes the connection, and nobody accepts it: so does a process that is stopped.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let pipe = shop(format!("http://{}", silent.local_addr().unwrap()), |_| {});
    let start = Instant::now();
    let answer = pipe.query(STOCK).await;
    assert_eq!(answer.errors(), ["products: UPSTREAM_TIMEOUT"], "{}", answer.text);
    assert!(start.elapsed() < Duration::from_millis(1_700), "{:?}", start.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_nobody_reaches_fails_at_once_and_is_back_at_once() {
    let mut replicas = Replicas::open(1);
    let pipe = shop(replicas.addresses(), |_| {});
    pipe.query(STOCK).await.whole();
    replicas.kill(0);
    let load = Load::start(&pipe, 8, Duration::from_millis(5), STOCK).await;
    load.answered(100).await;
    let down = load.stop().await;
    assert!(down.iter().all(|it| it.missing.contains("UPSTREAM_UNAVAILABLE")), "{}", down[0].missing);
    let slowest = down.iter().map(|it| it.took).max().unwrap();
    assert!(slowest < Duration::from_millis(500), "{slowest:?}");
    replicas.start(0);
    let back = Instant::now();
    while pipe.query(STOCK).await.body.get("errors").is_some() {}
    println!("a service that is back answers after {:?}", back.elapsed());
    assert!(back.elapsed() < Duration::from_secs(1));
}
