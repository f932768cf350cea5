//! Rate limits, as clients meet them.

use std::time::Duration;

use bff_kit::host::config::{Config, Secret};
use http::StatusCode;
use serde_json::json;
use tokio::time::sleep;

use crate::support::{ADA, Answer, Kind, Shop, preparer, redis};

const QUERY: &str = "{ categories { name } }";

/// The cost of an operation, as its plan states it.
fn cost(query: &str) -> u32 {
    u32::try_from(preparer(Kind::Mobile).plan(query).unwrap().total.cost).unwrap()
}

fn quota(config: &mut Config, units: u32, address_units: u32) {
    config.rate_limit.units = Some(units);
    config.rate_limit.address_units = Some(address_units);
    config.cache.response_bytes = 0;
}

async fn ask(shop: &Shop, query: &str, headers: &[(&str, &str)]) -> Answer {
    shop.post(shop.mobile, json!({ "query": query }), headers).await
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_user_is_charged_what_the_plan_says_and_comes_again_when_told() {
    let cost = cost(QUERY);
    let shop = Shop::in_memory(|config| quota(config, 3 * cost, 0));
    for left in [2, 1, 0] {
        let answer = ask(&shop, QUERY, &[ADA]).await.whole();
        assert_eq!(
            header(&answer, "ratelimit-policy"),
            format!("\"bff-mobile.principal\";q={};w=60", 3 * cost)
        );
        assert!(
            header(&answer, "ratelimit")
                .starts_with(&format!("\"bff-mobile.principal\";r={};t=", left * cost))
        );
    }
    let rejected = ask(&shop, QUERY, &[ADA]).await;
    assert_eq!(
        (rejected.status, rejected.errors()),
        (StatusCode::TOO_MANY_REQUESTS, vec![": RATE_LIMITED".to_owned()])
    );
    // Units come back a little later than a third of a minute, so that no window has more than its own.
    assert_eq!(header(&rejected, "retry-after"), "21");
    assert_eq!(shop.domain.calls().list().len(), 3);
    // Another user has a quota of their own, and nobody has none here.
    ask(&shop, QUERY, &[("x-user-id", "user-zoe-marchetti")]).await.whole();
    ask(&shop, QUERY, &[]).await.whole();
    sleep(Duration::from_secs(21)).await;
    ask(&shop, QUERY, &[ADA]).await.whole();
    assert_eq!(ask(&shop, QUERY, &[ADA]).await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn an_operation_that_costs_more_than_a_burst_never_runs() {
    let shop = Shop::with(|config| quota(config, 1, 0)).await;
    let answer = ask(&shop, QUERY, &[ADA]).await;
    assert_eq!(answer.errors(), [": OPERATION_TOO_LARGE"]);
    assert_eq!(header(&answer, "retry-after"), "");
}

#[tokio::test]
async fn who_is_not_signed_in_is_charged_by_address_and_only_proxies_tell_another() {
    let units = 2 * cost(QUERY);
    let (a, b) = ([("x-forwarded-for", "203.0.113.1")], [("x-forwarded-for", "203.0.113.2, 203.0.113.1")]);
    let direct = Shop::with(|config| quota(config, 0, units)).await;
    for (headers, status) in [(&a, 200), (&b, 200), (&[("x-forwarded-for", "203.0.113.9")], 429)] {
        assert_eq!(ask(&direct, QUERY, headers).await.status, status);
    }
    let proxied = Shop::with(|config| {
        quota(config, 0, units);
        config.server.trusted_proxies = vec!["127.0.0.1".to_owned()];
    })
    .await;
    // What stands before the last hop was written by the client.
    for (headers, status) in [(&a, 200), (&b, 200), (&a, 429), (&[("x-forwarded-for", "203.0.113.2")], 200)] {
        assert_eq!(ask(&proxied, QUERY, headers).await.status, status, "{headers:?}");
    }
}

#[tokio::test]
async fn an_answer_that_caches_give_to_everybody_tells_of_nobodys_quota() {
    let shop = Shop::with(|config| quota(config, 60_000, 60_000)).await;
    let request =
        http::Request::get(format!("http://{}/graphql?query=%7Bcategories%7Bname%7D%7D", shop.mobile));
    let answer = shop.send(request.body(http_body_util::Full::default()).unwrap()).await.whole();
    assert!(header(&answer, "cache-control").starts_with("public"), "{:?}", answer.headers);
    assert_eq!(header(&answer, "ratelimit"), "");
}

#[tokio::test]
#[ignore = "needs redis-server: run tests/redis/run.sh"]
async fn replicas_with_one_redis_hold_one_quota_and_without_it_nothing_is_changed() {
    let mut server = redis::RedisServer::start().await;
    let mut shop = Shop::open().await;
    let cost = cost(QUERY);
    let shared = |config: &mut Config| {
        quota(config, 4 * cost, 0);
        config.rate_limit.window_s = 3_600;
        config.store.redis = Some(Secret::from(server.url()));
    };
    let replicas = [shop.replica(Kind::Mobile, shared).await, shop.replica(Kind::Mobile, shared).await];
    let body = || json!({ "query": QUERY });
    let mut statuses = Vec::new();
    for index in 0..6 {
        statuses.push(shop.post(replicas[index % 2], body(), &[ADA]).await.status.as_u16());
    }
    assert_eq!(statuses, [200, 200, 200, 200, 429, 429]);
    // Each replica has admitted two of four by itself: without Redis it goes by what it knows.
    server.stop();
    let query = shop.post(replicas[0], body(), &[ADA]).await;
    assert_eq!(query.status, StatusCode::OK, "{}", query.text);
    let input = "{ idempotencyKey: \"remove-1\", productId: \"UHJvZHVjdDpub25l\" }";
    let change = json!({ "query": format!("mutation {{ cartRemove(input: {input}) {{ __typename }} }}") });
    let change = shop.post(replicas[1], change, &[ADA]).await;
    assert_eq!(change.status, StatusCode::SERVICE_UNAVAILABLE, "{}", change.text);
}
