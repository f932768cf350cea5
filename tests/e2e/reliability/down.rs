//! A service that is down in full: operations that need nothing of it are as fast as before, and the others answer in
//! time, as their failure table says.

use std::time::Duration;

use proto::admin::Fault;

use super::load::{Load, Sent, percentile, took};
use super::replicas::Replicas;
use super::restarts::shop;
use super::size;
use crate::support::Pipe;

const NAMES: &str = "{ products(first: 5) { nodes { name price { current { amount } } } } }";
const REVIEWS: &str = "{ products(first: 5) { nodes { name rating { average } reviews { totalCount } } } }";

/// The times of the policy for what the reviews are asked, and the tolerance of the promise.
const TIMEOUT: Duration = Duration::from_secs(1);
const TOLERANCE: Duration = Duration::from_millis(50);

/// Requests of both kinds for a while: clients of the one that send without a rest, and a few of the other beside.
async fn both(pipe: &Pipe) -> [Vec<Sent>; 2] {
    let others = Load::start(pipe, 8, Duration::from_millis(20), REVIEWS).await;
    let names = Load::start(pipe, 8, Duration::ZERO, NAMES).await;
    tokio::time::sleep(Duration::from_millis(size(300, 2_000) as u64)).await;
    [names.stop().await, others.stop().await]
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_is_down_costs_other_operations_nothing() {
    let replicas = Replicas::open(1);
    for (fault, code) in [
        (Fault { error_code: 14, ..Fault::default() }, "UPSTREAM_UNAVAILABLE"),
        (Fault { black_hole: true, ..Fault::default() }, "UPSTREAM_TIMEOUT"),
    ] {
        let (mut throughput, mut p99) = (Vec::new(), Vec::new());
        for _ in 0..size(2, 9) {
            // A server of its own, since breakers that opened stay so for a while.
            let pipe = shop(replicas.addresses(), |_| {});
            pipe.query(NAMES).await.whole();
            let [up, whole] = both(&pipe).await;
            assert!(up.iter().chain(&whole).all(|it| it.missing.is_empty()));
            for rpc in ["BatchGetRatings", "BatchListReviews"] {
                let rpc = format!("shop.reviews.v1.ReviewService/{rpc}");
                replicas.domain.faults().set(Fault { rpc, ..fault.clone() }).unwrap();
            }
            let [down, degraded] = both(&pipe).await;
            replicas.domain.faults().clear();
            assert!(down.iter().all(|it| it.missing.is_empty()));
            // The first calls find out; an open breaker says at once that the service is not there.
            let told = |it: &Sent| it.missing.contains(code) || it.missing.contains("UPSTREAM_UNAVAILABLE");
            assert!(degraded.iter().all(|it| told(it) && it.missing.contains("degraded")));
            let late = degraded.iter().filter(|it| it.took > TIMEOUT + TOLERANCE).count();
            assert_eq!(late, 0, "of {}", degraded.len());
            #[expect(clippy::cast_precision_loss, reason = "counts of requests are small")]
            throughput.push(down.len() as f64 / up.len() as f64);
            p99.push(percentile(took(&down), 0.99).as_secs_f64() / percentile(took(&up), 0.99).as_secs_f64());
        }
        let (throughput, p99) = (median(throughput), median(p99));
        println!("{code}: throughput of others {throughput:.2}×, p99 {p99:.2}×");
        assert!(throughput > 0.6, "{throughput}");
    }
}
