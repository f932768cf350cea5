//! Public values that requests share: as fresh as each client wants them, and old ones when a service fails.

mod changes;

use std::time::Duration;

use bff_kit::host::config::{CacheConfig, Config};
use futures_util::future::join_all;
use http::{Request, header};
use http_body_util::Full;
use proto::admin::Fault;
use serde_json::json;
use tokio::time::sleep;

use crate::support::{Answer, Kind, Shop, operations, product_id};

const CATALOG: [&str; 3] = [
    "shop.catalog.v1.CatalogService/BatchGetProducts",
    "shop.catalog.v1.CatalogService/ListProducts",
    "shop.catalog.v1.CatalogService/ListCategories",
];
const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

const MOBILE: &str = "{ products(first: 3) { items { name } } }";
const WEB: &str = "{ products(first: 3) { nodes { name } } }";

/// Turns the caches on, as they are by default.
pub(crate) fn as_users_have_it(config: &mut Config) {
    config.cache = CacheConfig::default();
}

fn turn_off(shop: &Shop, rpcs: &[&str]) {
    for rpc in rpcs {
        shop.fail(Fault { rpc: (*rpc).to_owned(), error_code: 14, ..Fault::default() });
    }
}

fn calls(shop: &Shop, method: &str) -> usize {
    shop.domain.calls().list().iter().filter(|call| call.rpc.ends_with(method)).count()
}

/// Returns the age of the values that stand in, in milliseconds.
fn stale_for_ms(answer: &Answer) -> Option<u64> {
    answer.body["extensions"]["degraded"][0]["staleForMs"].as_u64()
}

#[tokio::test(start_paused = true)]
async fn a_day_without_the_catalogue_is_a_day_of_old_products_on_phones_and_ten_minutes_on_the_web() {
    let shop = Shop::in_memory(as_users_have_it);
    let whole = shop.query(Kind::Mobile, MOBILE).await.whole();
    shop.query(Kind::Web, WEB).await.whole();
    turn_off(&shop, &CATALOG);

    sleep(30 * MINUTE).await;
    let fresh = shop.query(Kind::Mobile, MOBILE).await.whole();
    assert_eq!(fresh.body["data"], whole.body["data"]);
    let web = shop.query(Kind::Web, WEB).await;
    assert_eq!(web.errors(), ["products: UPSTREAM_UNAVAILABLE"], "{}", web.text);

    sleep(HOUR).await;
    let stale = shop.query(Kind::Mobile, MOBILE).await;
    assert_eq!(stale.body["data"], whole.body["data"]);
    assert_eq!(stale.degraded(), ["products: UPSTREAM_UNAVAILABLE of CatalogService ×1"]);
    let age = stale_for_ms(&stale).unwrap();
    assert!((5_400_000..5_401_000).contains(&age), "{age}");
    assert_eq!(stale.headers[header::CACHE_CONTROL], "no-store");

    sleep(24 * HOUR).await;
    let gone = shop.query(Kind::Mobile, MOBILE).await;
    assert_eq!(gone.errors(), ["products: UPSTREAM_UNAVAILABLE"]);
}

#[tokio::test(start_paused = true)]
async fn a_thousand_requests_that_miss_are_one_call() {
    let shop = Shop::in_memory(as_users_have_it);
    shop.domain.calls().clear();
    let answers = join_all((0..1_000).map(|_| shop.query(Kind::Mobile, MOBILE))).await;
    assert!(answers.iter().all(|answer| answer.errors().is_empty()));
    assert_eq!(calls(&shop, "/ListProducts"), 1);
}

#[tokio::test(start_paused = true)]
async fn keys_of_one_moment_travel_together_and_a_call_that_is_rejected_is_made_for_each_request() {
    let shop = Shop::in_memory(as_users_have_it);
    let ids = ["kettle-gooseneck-09", "grinder-electric-flat-64", "teapot-cast-iron-08"].map(product_id);
    let all = async || {
        shop.domain.calls().clear();
        let query = |id: &String| format!("{{ product(id: \"{id}\") {{ name }} }}");
        let answers = join_all(ids.iter().map(async |id| shop.query(Kind::Mobile, &query(id)).await)).await;
        let calls = shop.domain.calls().list();
        let mut keys: Vec<_> = calls.iter().map(|call| call.keys.len()).collect();
        keys.sort_unstable();
        (answers, keys)
    };
    shop.fail(Fault { rpc: CATALOG[0].to_owned(), error_code: 3, ..Fault::default() });
    let (answers, keys) = all().await;
    assert!(answers.iter().all(|answer| !answer.errors().is_empty()));
    assert_eq!(keys, [1, 1, 1, 3]);
    shop.domain.faults().clear();
    let (answers, keys) = all().await;
    assert_eq!(keys, [3]);
    for answer in answers {
        answer.whole();
    }
}

#[tokio::test(start_paused = true)]
async fn stock_is_live_on_the_web_and_up_to_five_minutes_old_on_devices() {
    let shop = Shop::in_memory(as_users_have_it);
    for _ in 0..3 {
        shop.query(Kind::Web, "{ products(first: 1) { nodes { stock { available } } } }").await.whole();
    }
    assert_eq!(calls(&shop, "/BatchGetStock"), 3);
    assert_eq!(calls(&shop, "/ListProducts"), 1);
}

#[tokio::test(start_paused = true)]
async fn an_old_menu_serves_one_more_request_while_it_is_loaded_again() {
    let shop = Shop::in_memory(as_users_have_it);
    let menu = async || {
        shop.query(Kind::Mobile, "{ categories { name } }").await.whole();
        // The refreshing call goes on beside the answer.
        sleep(Duration::from_secs(1)).await;
        calls(&shop, "/ListCategories")
    };
    assert_eq!([menu().await, menu().await], [1, 1]);
    sleep(90 * MINUTE).await;
    turn_off(&shop, &CATALOG[2..]);
    // The first is served old, and its refreshing fails; so is the second, for as long as that is permitted.
    let (first, second) = (menu().await, menu().await);
    assert!(first > 1 && second > first, "{first} {second}");
    shop.domain.faults().clear();
    let third = menu().await;
    assert_eq!([third, menu().await], [second + 1, second + 1]);
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_kept_no_longer_than_its_values_stay_fresh() {
    let shop = Shop::in_memory(as_users_have_it);
    let address = format!("http://{}/graphql?query=%7Bcategories%7Bname%7D%7D", shop.mobile);
    let cache_control = async || {
        let request = Request::get(&address).header("apollo-require-preflight", "true");
        let answer = shop.send(request.body(Full::default()).unwrap()).await.whole();
        answer.headers[header::CACHE_CONTROL].to_str().unwrap().to_owned()
    };
    let (first, (), later) = (cache_control().await, sleep(10 * MINUTE).await, cache_control().await);
    assert!(first.contains("max-age=3600") && later.contains("max-age=3000"), "{first}; {later}");
}

#[tokio::test(start_paused = true)]
async fn a_change_is_seen_by_the_next_request() {
    let shop = Shop::in_memory(as_users_have_it);
    let product = product_id("grinder-electric-flat-64");
    let rating = format!("{{ product(id: \"{product}\") {{ rating {{ count }} }} }}");
    let count = async || {
        let answer = shop.query(Kind::Web, &rating).await.whole();
        answer.data("/product/rating/count").as_i64().unwrap()
    };
    let before = count().await;
    let query = "mutation($input: ReviewCreateInput!) { reviewCreate(input: $input) { review { id } userErrors { code } } }";
    let input = json!({ "idempotencyKey": "seen-by-the-next", "productId": product, "rating": 5, "text": "It pours." });
    let body = json!({ "query": query, "variables": { "input": input } });
    let created = shop.post(shop.web, body, &[("x-user-id", "user-new-here")]).await.whole();
    assert!(created.data("/reviewCreate/review/id").is_string(), "{}", created.text);
    assert_eq!(count().await, before + 1);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_kept_where_the_cache_is_off() {
    let shop = Shop::in_memory(|_| {});
    for _ in 0..3 {
        shop.query(Kind::Mobile, MOBILE).await.whole();
    }
    assert_eq!(calls(&shop, "/ListProducts"), 3);
}

/// Each operation of each client, with each service that its plan lets old values stand in for turned off.
#[tokio::test(start_paused = true)]
async fn old_values_stand_in_wherever_the_failure_table_says_so() {
    let mut proven = 0;
    for operation in operations().into_iter().filter(|it| !it.is_mutation()) {
        for failure in operation.plan.failures.iter().filter(|it| it.stale_s > 0) {
            let shop = Shop::in_memory(as_users_have_it);
            let calls = operation.plan.waves.iter().flat_map(|wave| &wave.calls);
            let fresh_s =
                calls.filter(|call| call.rpc == failure.rpc).map(|call| call.fresh_s).max().unwrap();
            let whole = operation.run(&shop, &operation.full).await;
            assert!(whole.errors().is_empty(), "{} {}: {}", operation.kind, operation.name, whole.text);
            turn_off(&shop, &[&failure.rpc]);
            // Past the time in which an old value is refreshed beside the answer, which is no longer than it is fresh.
            sleep(Duration::from_secs(2 * fresh_s + 1)).await;
            shop.domain.calls().clear();
            let stale = operation.run(&shop, &operation.full).await;
            let told =
                format!("{} {} without {}: {}", operation.kind, operation.name, failure.rpc, stale.text);
            assert!(stale.errors().is_empty(), "{told}");
            // An operation whose variables lead to no call of the RPC proves nothing.
            if shop.domain.calls().list().iter().any(|call| call.rpc == failure.rpc) {
                assert!(stale.text.contains("staleForMs"), "{told}");
                proven += 1;
            }
        }
    }
    assert!(proven > 30, "{proven}");
}
