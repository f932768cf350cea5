//! Replicas on a Redis server that is started for the test.

#[path = "../../../store/tests/contract/server.rs"]
mod server;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use quota::{Access, Decision, Limiter, Quota, Rejection};
use store::RedisStore;

use crate::support::device;

/// A replica with a connection of its own. The quota gives nothing back while a test runs.
fn replica(server: &server::RedisServer) -> Limiter {
    let store = RedisStore::new(&server.url(), Duration::from_secs(2)).unwrap();
    let quota = Quota::new("devices", 24, Duration::from_hours(24)).unwrap().with_burst(100).unwrap();
    Limiter::new(quota).sharing(Arc::new(store))
}

#[tokio::test]
#[ignore = "needs redis-server: run tests/redis/run.sh"]
async fn replicas_on_redis_have_one_burst_together() {
    let server = server::RedisServer::start().await;
    let replicas = [replica(&server), replica(&server)];
    let charges = (0..150).map(|number| replicas[number % 2].charge(device(1), 1, Access::Write));
    let admitted = join_all(charges).await.into_iter().filter(Decision::is_admitted).count();
    assert_eq!(admitted, 100);
    let other = replicas[0].charge(device(2), 100, Access::Write).await;
    assert_eq!((other.is_admitted(), other.remaining()), (true, 0));
    let exhausted = replicas[1].charge(device(2), 1, Access::Write).await;
    let after = exhausted.retry_after().unwrap();
    assert!(after > Duration::from_mins(59) && after <= Duration::from_hours(1), "{after:?}");
}

#[tokio::test]
#[ignore = "needs redis-server: run tests/redis/run.sh"]
async fn a_redis_server_that_is_away_stops_writes_alone_and_counts_again_when_it_is_back() {
    let mut server = server::RedisServer::start().await;
    let replicas = [replica(&server), replica(&server)];
    assert!(replicas[0].charge(device(1), 60, Access::Write).await.is_admitted());
    server.stop();
    let write = replicas[0].charge(device(1), 10, Access::Write).await;
    assert!(matches!(write.rejection(), Some(Rejection::StoreAway { .. })), "{write:?}");
    let read = replicas[0].charge(device(1), 10, Access::Read).await;
    assert_eq!((read.is_admitted(), read.remaining()), (true, 20), "the write was charged here too");
    server.start_again().await;
    while let Some(after) = replicas[0].charge(device(2), 1, Access::Write).await.retry_after() {
        tokio::time::sleep(after).await;
    }
    // The server that is back has forgotten all, and the first replica has not.
    assert!(!replicas[0].charge(device(1), 30, Access::Read).await.is_admitted());
    assert!(replicas[0].charge(device(1), 20, Access::Write).await.is_admitted());
    let other = replicas[1].charge(device(1), 50, Access::Write).await;
    assert_eq!((other.is_admitted(), other.remaining()), (true, 30), "all took 20 and 50 since it is back");
}
