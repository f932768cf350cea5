//! Deadlines and cancellation reach the services.

use std::time::Duration;

use proto::admin::{Call, CallEnd, Fault};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::support::{Shop, product_id};

/// Upper bound on the wait for events that should happen at once.
const PATIENCE: Duration = Duration::from_secs(20);

fn deadline_ms(call: &Call) -> u128 {
    let deadline = call.deadline.expect("every call carries a deadline");
    Duration::try_from(deadline).unwrap().as_millis()
}

#[tokio::test]
async fn every_call_carries_a_deadline_no_later_than_its_policy_allows() {
    let shop = Shop::open().await;
    let id = product_id("kettle-gooseneck-09");
    let query =
        format!("{{ product(id: \"{id}\") {{ name price {{ text }} rating inStock reviews {{ text }} }} }}");
    shop.mobile(&query).await.whole();
    let mut deadlines: Vec<_> = shop
        .domain
        .calls()
        .list()
        .iter()
        .map(|call| (call.rpc.rsplit('/').next().unwrap().to_owned(), deadline_ms(call)))
        .collect();
    deadlines.sort();
    let allowed = [
        ("BatchGetPrices", 400),
        ("BatchGetProducts", 800),
        ("BatchGetRatings", 300),
        ("BatchGetStock", 400),
        ("BatchListReviews", 300),
    ];
    assert_eq!(deadlines.len(), allowed.len());
    for ((rpc, deadline), (allowed_rpc, allowed)) in deadlines.iter().zip(allowed) {
        assert_eq!(rpc, allowed_rpc);
        assert!((1..=allowed).contains(deadline), "{rpc}: {deadline} ms");
    }
}

#[tokio::test]
async fn the_time_that_one_call_takes_is_gone_for_the_next() {
    let shop = Shop::with(|config| config.server.deadline_ms = Some(450)).await;
    shop.fail(Fault {
        rpc: "shop.catalog.v1.CatalogService/ListProducts".to_owned(),
        latency: Some(prost_types::Duration { seconds: 0, nanos: 150_000_000 }),
        ..Fault::default()
    });
    shop.mobile("{ products(first: 2) { items { name price { text } } } }").await;
    let calls = shop.domain.calls().list();
    assert!(deadline_ms(&calls[0]) <= 450);
    assert!(deadline_ms(&calls[1]) <= 300, "{} ms", deadline_ms(&calls[1]));
}

#[tokio::test]
async fn a_request_is_answered_by_its_deadline_whatever_its_calls_do() {
    let shop = Shop::with(|config| config.server.deadline_ms = Some(200)).await;
    let rpc = "shop.catalog.v1.CatalogService/BatchGetProducts".to_owned();
    shop.fail(Fault { rpc, black_hole: true, ..Fault::default() });
    let id = product_id("kettle-gooseneck-09");
    let query = format!("{{ product(id: \"{id}\") {{ name }} }}");
    let answer = tokio::time::timeout(PATIENCE, shop.mobile(&query)).await.unwrap();
    assert_eq!(answer.errors(), ["product: UPSTREAM_TIMEOUT"]);
    let ended = |calls: &[Call]| calls.iter().all(|call| call.end() != CallEnd::Unspecified);
    let calls = tokio::time::timeout(PATIENCE, shop.domain.calls().wait_until(ended)).await.unwrap();
    assert_eq!(calls.len(), 1);
}

#[tokio::test]
async fn a_client_that_goes_away_cancels_its_calls() {
    let shop = Shop::open().await;
    let rpc = "shop.catalog.v1.CatalogService/BatchGetProducts".to_owned();
    shop.fail(Fault { rpc, black_hole: true, ..Fault::default() });
    let id = product_id("kettle-gooseneck-09");
    let body = format!("{{\"query\": \"{{ product(id: \\\"{id}\\\") {{ name }} }}\"}}");
    let request = format!(
        "POST /graphql HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut socket = TcpStream::connect(shop.mobile).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    let arrived = shop.domain.calls().wait_until(|calls| calls.len() == 1);
    tokio::time::timeout(PATIENCE, arrived).await.unwrap();
    drop(socket);
    let cancelled = |calls: &[Call]| calls[0].end() == CallEnd::Cancelled;
    let calls = tokio::time::timeout(PATIENCE, shop.domain.calls().wait_until(cancelled)).await.unwrap();
    let took = Duration::try_from(calls[0].duration.unwrap()).unwrap();
    assert!(took < Duration::from_millis(700), "the call ran into its timeout instead: {took:?}");
}
