//! Health that endpoints tell of themselves, over a network in memory and a paused clock.

use std::time::Duration;

use crate::support::{Memory, Server, call, plain};
use endpoints::{Endpoints, Settings};
use futures_util::future::join_all;
use tokio::time::sleep;

const SECOND: Duration = Duration::from_secs(1);

fn checked() -> Settings {
    Settings { health_checks: true, ..plain() }
}

async fn hundred_calls(endpoints: &Endpoints) {
    for _ in 0..10 {
        let calls = join_all((0..10).map(|_| call(endpoints, SECOND))).await;
        assert!(calls.into_iter().all(|it| it.unwrap().is_ok()));
    }
}

fn two(network: &Memory) -> ([Server; 2], Endpoints) {
    let servers = [1, 2].map(|number| network.serve(number));
    (servers, network.endpoints(&["http://10.0.0.1:1", "http://10.0.0.1:2"], checked()))
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_says_it_does_not_serve_gets_no_calls_until_it_serves_again() {
    let network = Memory::default();
    let ([one, two], endpoints) = two(&network);
    one.serves(true);
    two.serves(true);
    hundred_calls(&endpoints).await;
    one.serves(false);
    sleep(Duration::from_millis(1)).await;
    let before = one.calls();
    hundred_calls(&endpoints).await;
    assert_eq!(one.calls(), before);
    one.serves(true);
    sleep(Duration::from_secs(30)).await;
    hundred_calls(&endpoints).await;
    assert!((30..=70).contains(&(one.calls() - before)), "{} of 100", one.calls() - before);
}

#[tokio::test(start_paused = true)]
async fn endpoints_that_all_say_they_do_not_serve_are_called_all_the_same() {
    let network = Memory::default();
    let (servers, endpoints) = two(&network);
    for server in &servers {
        server.serves(false);
    }
    hundred_calls(&endpoints).await;
    sleep(SECOND).await;
    hundred_calls(&endpoints).await;
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_without_a_health_service_serves_and_is_not_asked_again_soon() {
    let network = Memory::default();
    let server = network.serve(1);
    let endpoints = network.endpoints(&["http://10.0.0.1:1"], checked());
    for _ in 0..100 {
        call(&endpoints, SECOND).await.unwrap().unwrap();
        sleep(SECOND).await;
    }
    assert_eq!(server.health_requests(), 1);
    sleep(Duration::from_mins(10)).await;
    assert_eq!(server.health_requests(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_stream_of_health_has_a_connection_of_its_own_and_ends_with_the_endpoints() {
    let network = Memory::default();
    let server = network.serve(1);
    server.serves(true);
    let endpoints = network.endpoints(&["http://10.0.0.1:1"], checked());
    for _ in 0..100 {
        call(&endpoints, SECOND).await.unwrap().unwrap();
        sleep(Duration::from_mins(1)).await;
    }
    assert_eq!((server.connections(), server.health_requests()), (2, 1));
    assert_eq!(server.health_watchers(), 1);
    drop(endpoints);
    sleep(SECOND).await;
    assert_eq!(server.health_watchers(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stops_is_not_held_up_by_the_stream_and_is_asked_again_when_it_is_back() {
    let network = Memory::default();
    let server = network.serve(1);
    server.serves(true);
    let endpoints = network.endpoints(&["http://10.0.0.1:1"], checked());
    call(&endpoints, SECOND).await.unwrap().unwrap();
    sleep(Duration::from_millis(1)).await;
    assert_eq!(server.health_watchers(), 1);
    server.goaway();
    sleep(Duration::from_millis(1)).await;
    assert_eq!(server.health_watchers(), 0);
    call(&endpoints, SECOND).await.unwrap().unwrap();
    sleep(Duration::from_secs(3)).await;
    assert_eq!(server.health_watchers(), 1);
}
