//! A service that hangs, while many clients call it.

use std::time::Duration;

use proto::admin::Fault;

use super::load::{Load, percentile, took};
use super::replicas::Replicas;
use super::restarts::shop;
use super::size;

const REVIEWS: &str = "{ products(first: 1) { nodes { reviews(first: 3) { totalCount } } } }";
const NAMES: &str = "{ products(first: 1) { nodes { name } } }";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_optional_rpc_that_hangs_holds_up_no_other() {
    let replicas = Replicas::open(1);
    let pipe = shop(replicas.addresses(), |_| {});
    let alone = Load::start(&pipe, 2, Duration::from_millis(2), NAMES).await;
    alone.answered(size(200, 1_000)).await;
    let alone = alone.stop().await;

    let rpc = "shop.reviews.v1.ReviewService/BatchListReviews".to_owned();
    replicas.domain.faults().set(Fault { rpc, black_hole: true, ..Fault::default() }).unwrap();
    let crowd = Load::start(&pipe, 400, Duration::ZERO, REVIEWS).await;
    crowd.answered(400).await;
    let beside = Load::start(&pipe, 2, Duration::from_millis(2), NAMES).await;
    beside.answered(size(200, 1_000)).await;
    let beside = beside.stop().await;
    let crowd = crowd.stop().await;

    assert!(beside.iter().all(|it| it.missing.is_empty()));
    assert!(
        crowd
            .iter()
            .all(|it| it.missing.contains("UPSTREAM_TIMEOUT") || it.missing.contains("UPSTREAM_OVERLOADED"))
    );
    let (alone, beside) = (
        [0.5, 0.99].map(|it| percentile(took(&alone), it)),
        [0.5, 0.99].map(|it| percentile(took(&beside), it)),
    );
    println!("p50 and p99 of others: {alone:?} alone, {beside:?} beside 400 clients of an RPC that hangs");
    assert!(beside[1] < Duration::from_millis(250), "{beside:?}");
}
