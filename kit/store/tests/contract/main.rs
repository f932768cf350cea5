//! Properties of stores, in memory and on a Redis server that is started for the test, and of buckets.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

mod buckets;
mod server;

use std::time::Duration;

use bytes::Bytes;
use store::{MemoryStore, RedisStore, Store};

const MINUTE: Duration = Duration::from_mins(1);

fn value(text: &'static str) -> Bytes {
    Bytes::from_static(text.as_bytes())
}

async fn keeps_its_contract(store: &dyn Store) {
    assert_eq!(store.get("a").await.unwrap(), None);
    assert_eq!(store.insert("a", value("first"), MINUTE).await.unwrap(), None);
    assert_eq!(store.insert("a", value("second"), MINUTE).await.unwrap(), Some(value("first")));
    assert_eq!(store.get("a").await.unwrap(), Some(value("first")));

    assert!(!store.replace("a", b"second", value("third"), MINUTE).await.unwrap());
    assert!(store.replace("a", b"first", value("third"), MINUTE).await.unwrap());
    assert!(!store.replace("b", b"", value("third"), MINUTE).await.unwrap(), "there is nothing to replace");
    assert_eq!(store.get("a").await.unwrap(), Some(value("third")));

    assert!(!store.remove("a", b"first").await.unwrap());
    assert!(store.remove("a", b"third").await.unwrap());
    assert!(!store.remove("a", b"third").await.unwrap());
    assert_eq!(store.get("a").await.unwrap(), None);

    let bytes = Bytes::from((0..=255).collect::<Vec<u8>>());
    assert_eq!(store.insert("any bytes", bytes.clone(), MINUTE).await.unwrap(), None);
    assert_eq!(store.get("any bytes").await.unwrap(), Some(bytes.clone()));
    assert!(store.replace("any bytes", &bytes, Bytes::new(), MINUTE).await.unwrap());
    assert_eq!(store.get("any bytes").await.unwrap(), Some(Bytes::new()));
}

/// Of many that insert at once, one is first, and the others see its value.
async fn has_one_first(store: &dyn Store) {
    let texts: Vec<_> = (0..50).map(|number| Bytes::from(format!("{number}"))).collect();
    let inserts = texts.iter().map(|text| store.insert("race", text.clone(), MINUTE));
    let there = futures_util::future::join_all(inserts).await;
    let first: Vec<_> = there.iter().zip(&texts).filter(|(there, _)| matches!(there, Ok(None))).collect();
    assert_eq!(first.len(), 1);
    let (_, first) = first[0];
    let others = there.iter().filter_map(|there| there.as_ref().unwrap().as_ref());
    assert!(others.clone().count() == 49 && others.into_iter().all(|other| other == first));
}

/// A value is there for its time and not longer. `passes` lets a time pass.
async fn forgets(store: &dyn Store, passes: impl AsyncFn(Duration)) {
    let short = Duration::from_millis(200);
    assert_eq!(store.insert("short", value("here"), short).await.unwrap(), None);
    assert!(store.replace("short", b"here", value("still here"), 3 * short).await.unwrap());
    passes(2 * short).await;
    assert_eq!(store.get("short").await.unwrap(), Some(value("still here")));
    passes(2 * short).await;
    assert_eq!(store.get("short").await.unwrap(), None);
    assert!(!store.remove("short", b"still here").await.unwrap());
    assert_eq!(store.insert("short", value("anew"), MINUTE).await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn the_store_in_memory_keeps_its_contract() {
    let store = MemoryStore::new(1_000_000);
    keeps_its_contract(&store).await;
    has_one_first(&store).await;
    forgets(&store, tokio::time::advance).await;
}

#[tokio::test]
async fn the_store_in_memory_keeps_the_newest_within_its_bytes() {
    let store = MemoryStore::new(100_000);
    for number in 0..10_000 {
        store.insert(&format!("{number}"), value("0123456789"), MINUTE).await.unwrap();
    }
    assert!(store.get("9999").await.unwrap().is_some());
    assert!(store.get("0").await.unwrap().is_none());
}

#[tokio::test]
#[ignore = "needs redis-server: run tests/redis/run.sh"]
async fn the_store_in_redis_keeps_its_contract() {
    let server = server::RedisServer::start().await;
    let store = RedisStore::new(&server.url(), Duration::from_secs(2)).unwrap();
    keeps_its_contract(&store).await;
    has_one_first(&store).await;
    forgets(&store, tokio::time::sleep).await;
}

#[tokio::test]
#[ignore = "needs redis-server: run tests/redis/run.sh"]
async fn a_redis_server_that_was_away_is_used_again() {
    let mut server = server::RedisServer::start().await;
    let store = RedisStore::new(&server.url(), Duration::from_millis(500)).unwrap();
    assert_eq!(store.insert("a", value("first"), MINUTE).await.unwrap(), None);
    server.stop();
    let error = store.get("a").await.unwrap_err();
    assert!(error.to_string().starts_with("Redis: "), "{error}");
    server.start_again().await;
    let again = async {
        while store.insert("b", value("second"), MINUTE).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), again).await.unwrap();
}

#[tokio::test]
async fn an_address_that_is_none_and_a_server_that_is_not_there_are_errors() {
    assert!(RedisStore::new("http://localhost", Duration::from_secs(1)).is_err());
    let store = RedisStore::new("redis://127.0.0.1:1", Duration::from_millis(500)).unwrap();
    assert!(store.get("a").await.unwrap_err().to_string().starts_with("Redis: "));
    assert!(!format!("{store:?}").contains("127.0.0.1"));
}
