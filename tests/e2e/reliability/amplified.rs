//! Retries: a service that fails is called hardly more often than one that does not.

use std::time::Duration;

use proto::admin::Fault;

use super::load::Load;
use super::replicas::Replicas;
use super::restarts::shop;
use super::size;

const RATINGS: &str = "{ products(first: 1) { nodes { rating { average } } } }";
const RPC: &str = "shop.reviews.v1.ReviewService/BatchGetRatings";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_fails_is_called_a_tenth_more_often_at_most() {
    let replicas = Replicas::open(1);
    for (error_rate, whole) in [(0.0, false), (0.3, true)] {
        let fault = Fault { rpc: RPC.to_owned(), error_code: 14, error_rate, ..Fault::default() };
        replicas.domain.faults().set(fault).unwrap();
        // What requests share would hide the calls of most of them; a breaker is another's matter.
        let pipe = shop(replicas.addresses(), |config| {
            config.cache.value_bytes = 0;
            config.upstream.breaker_min_calls = 0;
        });
        let (mut made, mut requests, mut answered) = (0, 0, 0);
        for _ in 0..size(2, 20) {
            // The list of calls holds a thousand.
            replicas.domain.calls().clear();
            let load = Load::start(&pipe, 1, Duration::ZERO, RATINGS).await;
            load.answered(300).await;
            let sent = load.stop().await;
            made += replicas.domain.calls().list().iter().filter(|call| call.rpc == RPC).count();
            requests += sent.len();
            answered += sent.iter().filter(|it| it.missing.is_empty()).count();
        }
        println!("error rate {error_rate}: {made} calls for {requests} requests, {answered} answers whole");
        // The budget of a service that was well holds ten retries.
        assert!(made * 10 <= requests * 11 + 100, "{made} calls for {requests} requests");
        assert_eq!(answered > 0, whole);
    }
}
