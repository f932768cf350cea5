//! Properties of buckets: the ones on a Redis server that is started for the test.

use std::num::NonZeroU32;
use std::time::{Duration, SystemTime};

use redis::AsyncCommands as _;
use store::{Buckets, Rate, RedisStore, Store as _, Taken};

use crate::server::RedisServer;

const HOUR: Duration = Duration::from_hours(1);

fn rate(unit: Duration, burst: u32) -> Rate {
    Rate::new(unit, NonZeroU32::new(burst).unwrap()).unwrap()
}

async fn started() -> (RedisServer, RedisStore) {
    let server = RedisServer::start().await;
    let store = RedisStore::new(&server.url(), Duration::from_secs(2)).unwrap();
    (server, store)
}

/// True if a debt is the expected one, less what came back in the meantime.
fn about(debt: Duration, expected: Duration) -> bool {
    debt <= expected && debt + Duration::from_secs(10) > expected
}

#[test]
fn rates_count_units_of_time() {
    let ms = Duration::from_millis;
    let rate = rate(ms(10), 100);
    assert_eq!((rate.unit(), rate.burst().get(), rate.whole()), (ms(10), 100, ms(1_000)));
    assert_eq!([0, 1, 10, 995, 1_000, 5_000].map(|debt| rate.remaining(ms(debt))), [100, 99, 99, 0, 0, 0]);
    assert_eq!(rate.wait(ms(0), 100), ms(0));
    assert_eq!(rate.wait(ms(1), 100), ms(1));
    assert_eq!(rate.wait(ms(995), 1), ms(5));
    assert_eq!(rate.wait(ms(0), u32::MAX), ms(10) * (u32::MAX - 100));

    let one = NonZeroU32::MIN;
    assert_eq!(Rate::new(Duration::ZERO, one), None);
    assert!(Rate::new(Rate::MAX_WHOLE, one).is_some());
    assert_eq!(Rate::new(Rate::MAX_WHOLE, NonZeroU32::MAX), None);
    assert_eq!(Rate::new(Duration::MAX, NonZeroU32::MAX), None);
}

#[tokio::test]
#[ignore = "needs redis-server: run tests/redis/run.sh"]
async fn units_are_taken_whole_or_not_at_all() {
    let (_server, store) = started().await;
    let rate = rate(HOUR, 10);
    for (units, admitted, owed) in
        [(4, true, 4), (7, false, 4), (11, false, 4), (6, true, 10), (1, false, 10)]
    {
        let taken = store.take("a", units, rate).await.unwrap();
        assert!(taken.admitted == admitted && about(taken.debt, HOUR * owed), "{units}: {taken:?}");
    }
    assert!(store.take("b", 10, rate).await.unwrap().admitted, "another bucket");
}

#[tokio::test]
#[ignore = "needs redis-server: run tests/redis/run.sh"]
async fn those_who_take_at_once_share_a_burst() {
    let (_server, store) = started().await;
    let attempts = (0..200).map(|_| store.take("a", 3, rate(HOUR, 100)));
    let taken = futures_util::future::join_all(attempts).await;
    assert_eq!(taken.into_iter().filter(|taken| taken.as_ref().unwrap().admitted).count(), 33);
}

#[tokio::test]
#[ignore = "needs redis-server: run tests/redis/run.sh"]
async fn units_come_back_and_a_whole_bucket_is_gone() {
    let (_server, store) = started().await;
    let rate = rate(Duration::from_millis(100), 4);
    assert!(store.take("a", 4, rate).await.unwrap().admitted);
    let rejected = store.take("a", 2, rate).await.unwrap();
    assert!(!rejected.admitted && store.get("a").await.unwrap().is_some());
    tokio::time::sleep(rate.wait(rejected.debt, 2)).await;
    assert!(store.take("a", 2, rate).await.unwrap().admitted, "after the wait that the debt tells");
    // One millisecond for the rounding of the time to keep it, which Redis counts in milliseconds.
    tokio::time::sleep(rate.whole() + Duration::from_millis(1)).await;
    assert_eq!(store.get("a").await.unwrap(), None);
    let taken = store.take("a", 4, rate).await.unwrap();
    assert_eq!(taken, Taken { admitted: true, debt: rate.whole() });
}

#[tokio::test]
#[ignore = "needs redis-server: run tests/redis/run.sh"]
async fn the_longest_and_the_shortest_units_are_exact() {
    let (_server, store) = started().await;
    let longest = rate(Rate::MAX_WHOLE.checked_sub(Duration::from_nanos(1)).unwrap(), 1);
    let taken = store.take("long", 1, longest).await.unwrap();
    assert_eq!(taken, Taken { admitted: true, debt: longest.whole() });
    let taken = store.take("short", 7, rate(Duration::from_nanos(1), 1_000)).await.unwrap();
    assert_eq!(taken, Taken { admitted: true, debt: Duration::from_nanos(7) });
}

#[tokio::test]
#[ignore = "needs redis-server: run tests/redis/run.sh"]
async fn a_clock_that_was_set_back_holds_nobody_up() {
    let (server, store) = started().await;
    let mut connection =
        redis::Client::open(server.url()).unwrap().get_multiplexed_async_connection().await.unwrap();
    let rate = rate(Duration::from_millis(200), 1);
    // An hour ahead of the server's clock, a unit was taken.
    let ahead = SystemTime::UNIX_EPOCH.elapsed().unwrap() + HOUR;
    let bucket = format!("{}:{}", rate.whole().as_nanos(), ahead.as_micros());
    let () = connection.set("a", bucket).await.unwrap();
    let rejected = store.take("a", 1, rate).await.unwrap();
    assert_eq!(rejected, Taken { admitted: false, debt: rate.whole() });
    tokio::time::sleep(rate.whole()).await;
    assert!(store.take("a", 1, rate).await.unwrap().admitted);
}

#[tokio::test]
#[ignore = "needs redis-server: run tests/redis/run.sh"]
async fn a_value_that_is_no_bucket_is_an_error() {
    let (_server, store) = started().await;
    store.insert("a", "text".into(), HOUR).await.unwrap();
    let error = store.take("a", 1, rate(HOUR, 1)).await.unwrap_err();
    assert!(error.to_string().starts_with("Redis: "), "{error}");
    assert_eq!(store.get("a").await.unwrap().as_deref(), Some(&b"text"[..]));
}
