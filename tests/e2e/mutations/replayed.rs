//! Answers under idempotency keys, which are given again.

use std::time::Duration;

use bff_kit::host::config::{Config, Secret};
use http::StatusCode;
use proto::admin::{Call, Fault};
use serde_json::json;

use super::{PATIENCE, add};
use crate::support::{ADA, Answer, Kind, SHELF, Shop, device_id, product_id, redis};

const ADD: &str = "shop.carts.v1.CartService/AddItem";
const ZOE: (&str, &str) = ("x-user-id", "user-zoe-marchetti");

/// Number of calls that added something to a cart.
fn additions(shop: &Shop) -> usize {
    shop.domain.calls().list().iter().filter(|call| call.rpc == ADD).count()
}

fn kettle(key: &str) -> serde_json::Value {
    add(key, &product_id("kettle-gooseneck-09"), 1)
}

/// Sends an addition under a key in the header, and one of its own in the input.
async fn under(shop: &Shop, key: &'static str, user: (&str, &str), body: serde_json::Value) -> Answer {
    shop.post(shop.web, body, &[user, ("idempotency-key", key)]).await
}

fn is_replayed(answer: &Answer) -> bool {
    answer.headers.get("idempotency-replayed").is_some_and(|value| value == "true")
}

#[tokio::test]
async fn a_request_sent_again_gets_the_first_answer_and_calls_nothing() {
    let shop = Shop::open().await;
    for (kind, key) in [(Kind::Mobile, "key-of-the-phone"), (Kind::Web, "key-of-the-page")] {
        let first = shop.post(shop.address(kind), kettle(key), &[ADA]).await.whole();
        assert!(!is_replayed(&first));
        shop.domain.calls().clear();
        let again = shop.post(shop.address(kind), kettle(key), &[ADA]).await;
        assert_eq!((again.status, &again.text), (first.status, &first.text));
        assert!(is_replayed(&again));
        assert_eq!(shop.domain.calls().list().len(), 0, "{kind}");
    }
    let metrics = http::Request::get(format!("http://{}/metrics", shop.web));
    let metrics = shop.send(metrics.body(http_body_util::Full::default()).unwrap()).await;
    assert!(metrics.text.contains("\nbff_replayed_total 1\n"), "{}", metrics.text);
}

#[tokio::test]
async fn a_key_in_the_header_is_one_principals_and_stands_for_one_request() {
    let shop = Shop::open().await;
    let first = under(&shop, "k-1", ADA, kettle("one-of-ada")).await.whole();
    let quoted = [ADA, ("idempotency-key", "\"k-1\"")];
    let again = shop.post(shop.web, kettle("one-of-ada"), &quoted).await;
    assert_eq!((is_replayed(&again), &again.text), (true, &first.text));

    // Another principal has keys of her own.
    let hers = under(&shop, "k-1", ZOE, kettle("one-of-ada")).await.whole();
    assert!(!is_replayed(&hers) && additions(&shop) == 2);

    let other = under(&shop, "k-1", ADA, kettle("another-of-ada")).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", other.text);
    assert_eq!(other.body["errors"][0]["extensions"]["code"], "IDEMPOTENCY_KEY_REUSED");
    assert_eq!(additions(&shop), 2);

    // Queries change nothing, so their keys mean nothing.
    let query = json!({ "query": "{ cart { count } }" });
    for key in ["k-1", "no key"] {
        assert!(!is_replayed(&under(&shop, key, ADA, query.clone()).await.whole()));
    }

    for key in ["", "\u{e9}", "a b"] {
        let answer = shop.post(shop.web, kettle("k"), &[ADA, ("idempotency-key", key)]).await;
        assert_eq!(answer.body["errors"][0]["extensions"]["code"], "BAD_REQUEST", "{key:?}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_request_that_comes_while_the_first_runs_waits_for_its_answer() {
    let shop = Shop::open().await;
    let latency = Some(prost_types::Duration { seconds: 0, nanos: 200_000_000 });
    shop.fail(Fault { rpc: ADD.to_owned(), latency, ..Fault::default() });
    let all = (0..20).map(|_| under(&shop, "k-1", ADA, kettle("added-at-once")));
    let all = futures_util::future::join_all(all).await;
    assert!(all.iter().all(|answer| answer.text == all[0].text && answer.status == StatusCode::OK));
    assert_eq!(all.iter().filter(|answer| is_replayed(answer)).count(), 19);
    assert_eq!(additions(&shop), 1);
}

#[tokio::test]
async fn a_mutation_whose_client_left_is_finished() {
    let shop = Shop::open().await;
    let latency = Some(prost_types::Duration { seconds: 0, nanos: 200_000_000 });
    shop.fail(Fault { rpc: ADD.to_owned(), latency, ..Fault::default() });
    {
        let mut leaving = std::pin::pin!(under(&shop, "k-1", ADA, kettle("client-left")));
        let arrived = shop.domain.calls().wait_until(|calls: &[Call]| calls.iter().any(|it| it.rpc == ADD));
        tokio::select! {
            _answer = &mut leaving => panic!("it takes longer"),
            _calls = tokio::time::timeout(PATIENCE, arrived) => {}
        }
    }
    let answer = under(&shop, "k-1", ADA, kettle("client-left")).await.whole();
    assert!(is_replayed(&answer));
    assert_eq!(answer.data("/cartAdd/cart/count"), 5);
    assert_eq!(additions(&shop), 1);
}

#[tokio::test]
async fn a_key_is_free_again_when_nothing_was_changed() {
    let shop = Shop::open().await;
    shop.fail(Fault { rpc: ADD.to_owned(), error_code: 14, ..Fault::default() });
    let failed = under(&shop, "k-1", ADA, kettle("unlucky-key")).await;
    assert_eq!(failed.errors(), ["cartAdd: UPSTREAM_UNAVAILABLE"]);
    shop.domain.faults().clear();
    let added = under(&shop, "k-1", ADA, kettle("unlucky-key")).await.whole();
    assert_eq!((is_replayed(&added), added.data("/cartAdd/cart/count")), (false, &json!(5)));

    // What the shop declines may be sent again as well, once there is a reason to.
    let none_left = || add("sold-out-key", &product_id("matcha-whisk-set"), 1);
    for _ in 0..2 {
        let declined = under(&shop, "k-2", ADA, none_left()).await.whole();
        assert_eq!(declined.data("/cartAdd/userErrors/0/code"), "OUT_OF_STOCK");
        assert!(!is_replayed(&declined));
    }
}

#[tokio::test]
async fn without_its_store_a_key_of_a_header_is_rejected_and_that_of_an_input_is_the_services() {
    let shop = Shop::with(|config: &mut Config| {
        config.store.redis = Some(Secret::from("redis://127.0.0.1:1"));
        config.store.timeout_ms = 200;
    })
    .await;
    let answer = shop.post(shop.web, kettle("in-the-input"), &[ADA]).await.whole();
    assert_eq!(answer.data("/cartAdd/cart/count"), 5);
    let again = shop.post(shop.web, kettle("in-the-input"), &[ADA]).await.whole();
    assert_eq!(
        (is_replayed(&again), again.data("/cartAdd/cart/count")),
        (false, &json!(5)),
        "the service keeps it too"
    );

    let input = format!("{{ device: \"{}\", readings: [] }}", device_id("shelf-0001"));
    let report = json!({ "query": format!("mutation {{ report(input: {input}) {{ nextS }} }}") });
    let answer = shop.post(shop.iot, report, &[SHELF, ("idempotency-key", "k-1")]).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.text);
    assert_eq!(answer.body["errors"][0]["extensions"]["code"], "UPSTREAM_UNAVAILABLE");
}

#[tokio::test]
#[ignore = "needs redis-server: run tests/redis/run.sh"]
async fn replicas_with_one_redis_give_each_other_s_answers() {
    let mut server = redis::RedisServer::start().await;
    let mut shop = Shop::open().await;
    let shared = |config: &mut Config| config.store.redis = Some(Secret::from(server.url()));
    let replicas = [shop.replica(Kind::Web, shared).await, shop.replica(Kind::Web, shared).await];
    let latency = Some(prost_types::Duration { seconds: 0, nanos: 100_000_000 });
    shop.fail(Fault { rpc: ADD.to_owned(), latency, ..Fault::default() });
    let all = (0..20).map(|index| {
        shop.post(replicas[index % 2], kettle("at-two-replicas"), &[ADA, ("idempotency-key", "k-1")])
    });
    let all = futures_util::future::join_all(all).await;
    assert!(all.iter().all(|answer| answer.text == all[0].text && answer.status == StatusCode::OK));
    assert_eq!(all.iter().filter(|answer| is_replayed(answer)).count(), 19);
    assert_eq!(additions(&shop), 1);
    // Without it keys in the input are still the services', and once it is back answers are given again.
    shop.domain.faults().clear();
    server.stop();
    shop.post(replicas[0], kettle("without-redis"), &[ADA]).await.whole();
    server.start_again().await;
    let replayed = async {
        while !is_replayed(&shop.post(replicas[0], kettle("redis-is-back"), &[ADA]).await.whole()) {}
    };
    tokio::time::timeout(PATIENCE, replayed).await.unwrap();

    // A store that fails while a mutation runs holds up neither its client nor, once it is back, the replay.
    let latency = Some(prost_types::Duration { seconds: 0, nanos: 200_000_000 });
    shop.fail(Fault { rpc: ADD.to_owned(), latency, ..Fault::default() });
    shop.domain.calls().clear();
    let key = [ADA, ("idempotency-key", "k-2")];
    let answer = tokio::time::timeout(
        Duration::from_secs(5),
        shop.post(replicas[0], kettle("redis-ends-midway"), &key),
    );
    let (answer, ()) = tokio::join!(answer, async {
        shop.domain.calls().wait_until(|calls: &[Call]| calls.iter().any(|it| it.rpc == ADD)).await;
        server.stop();
    });
    assert!(!is_replayed(&answer.unwrap().whole()));
    server.start_again().await;
    let replayed =
        async { while !is_replayed(&shop.post(replicas[1], kettle("redis-ends-midway"), &key).await) {} };
    tokio::time::timeout(PATIENCE, replayed).await.unwrap();
    // This Redis forgets all when it ends, so a repetition may have come before the answer: the service has the key too.
    let count = shop.post(replicas[1], json!({ "query": "{ cart { count } }" }), &[ADA]).await.whole();
    assert_eq!(count.data("/cart/count"), 8);
}
