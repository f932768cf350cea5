//! Cacheability of answers: the caches that may store them, the storage time, and the keys by which they are purged.

use std::time::Duration;

use futures_util::future::join_all;
use http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, header};
use http_body_util::Full;
use proto::admin::Fault;
use serde_json::{Value, json};

use crate::support::{ADA, Answer, Kind, Shop, contracts, percent_encoded, product_id, schema_folder};

/// A shop that has loaded the registered operations.
async fn shop() -> Shop {
    Shop::with(|config| config.operations.folder = Some(schema_folder())).await
}

/// Sends a registered operation by GET, to its own address.
async fn get(shop: &Shop, kind: Kind, name: &str, variables: &Value, headers: &[(&str, &str)]) -> Answer {
    let releases = contracts(kind).releases().unwrap();
    let mut operations = releases.into_iter().rev().flat_map(|release| release.operations);
    let id = operations.find(|it| it.name == name).unwrap().id;
    let variables = percent_encoded(&variables.to_string());
    let uri = format!("http://{}/graphql/o/{id}?variables={variables}", shop.address(kind));
    let mut request = Request::get(uri).body(Full::default()).unwrap();
    for (name, value) in headers {
        let value = HeaderValue::from_str(value).unwrap();
        request.headers_mut().insert(HeaderName::try_from(*name).unwrap(), value);
    }
    shop.send(request).await
}

fn header_of<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |value| value.to_str().unwrap())
}

fn stock() -> Value {
    json!({ "p": product_id("kettle-gooseneck-09") })
}

#[tokio::test]
async fn a_public_answer_may_be_kept_by_anybody_and_says_what_it_is_about() {
    let shop = shop().await;
    let answer = get(&shop, Kind::Iot, "Stock", &stock(), &[]).await.whole();
    assert_eq!(
        header_of(&answer.headers, "cache-control"),
        "public, max-age=300, s-maxage=300, stale-while-revalidate=300, stale-if-error=3600"
    );
    assert_eq!(header_of(&answer.headers, "surrogate-key"), "inventory product:kettle-gooseneck-09");
    let vary: Vec<_> = answer.headers.get_all(header::VARY).iter().map(|it| it.to_str().unwrap()).collect();
    assert!(!vary.join(",").contains("accept-language"), "{vary:?}");
    let tag = header_of(&answer.headers, "etag").to_owned();
    assert!(tag.starts_with('"') && tag.ends_with('"'), "strong: {tag}");
    let again = get(&shop, Kind::Iot, "Stock", &stock(), &[("if-none-match", &tag)]).await;
    assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""));
    assert_eq!(header_of(&again.headers, "cache-control"), header_of(&answer.headers, "cache-control"));
    // A public answer is the same for every principal.
    let signed_in = get(&shop, Kind::Iot, "Stock", &stock(), &[("x-device-id", "shelf-0001")]).await.whole();
    assert_eq!(signed_in.headers[header::ETAG], tag);
    assert!(header_of(&signed_in.headers, "cache-control").starts_with("public"));

    let categories = get(&shop, Kind::Mobile, "Categories", &json!({}), &[]).await.whole();
    let keys = header_of(&categories.headers, "surrogate-key");
    assert!(keys.starts_with("catalog category:"), "{keys}");
}

#[tokio::test]
async fn a_private_answer_may_be_kept_by_its_client_alone() {
    let shop = shop().await;
    let variables = json!({ "id": product_id("kettle-gooseneck-09") });
    let hers = get(&shop, Kind::Mobile, "Product", &variables, &[ADA]).await.whole();
    assert_eq!(
        header_of(&hers.headers, "cache-control"),
        // The relative times of its reviews stay true for no more than 82 s.
        "private, max-age=30, stale-while-revalidate=30, stale-if-error=52"
    );
    assert!(!hers.headers.contains_key("surrogate-key"));
    assert!(header_of(&hers.headers, "vary").contains("accept"));
    let tag = header_of(&hers.headers, "etag");
    let again = get(&shop, Kind::Mobile, "Product", &variables, &[ADA, ("if-none-match", tag)]).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
}

/// The `Vary` header of an answer, without compression and origin.
fn vary(answer: &Answer) -> Vec<String> {
    let values = answer.headers.get_all(header::VARY).iter().map(|it| it.to_str().unwrap().to_owned());
    let values = values.collect::<Vec<_>>().join(", ");
    let names = values.split(", ").filter(|name| !["accept-encoding", "origin"].contains(name));
    names.map(str::to_owned).collect()
}

#[tokio::test]
async fn an_answer_names_the_headers_that_it_depends_on_and_no_others() {
    let shop = shop().await;
    let public = get(&shop, Kind::Iot, "Stock", &stock(), &[("x-device-id", "shelf-0001")]).await.whole();
    assert_eq!(vary(&public), ["accept"]);
    let product = json!({ "id": product_id("kettle-gooseneck-09") });
    // The price depends on the language of the request and on the principal: a browser must not show it to the next
    // user who signs in.
    let private = get(&shop, Kind::Mobile, "Product", &product, &[ADA]).await.whole();
    assert_eq!(vary(&private), ["accept", "accept-language", "x-user-id", "x-visitor-id"]);
    let unkept = get(&shop, Kind::Mobile, "Cart", &json!({}), &[ADA]).await.whole();
    assert_eq!(vary(&unkept), ["accept", "accept-language"]);
}

#[tokio::test]
async fn an_answer_that_is_not_whole_or_may_not_be_kept_is_kept_by_nobody() {
    let shop = shop().await;
    let cart = get(&shop, Kind::Mobile, "Cart", &json!({}), &[ADA]).await.whole();
    assert_eq!(cart.headers[header::CACHE_CONTROL], "no-store");
    let rejected = get(&shop, Kind::Iot, "Stock", &json!({}), &[]).await;
    assert_eq!(rejected.headers[header::CACHE_CONTROL], "no-store");
    let failed = get(&shop, Kind::Iot, "Stock", &json!({ "p": "nonsense" }), &[]).await;
    assert!(failed.body.get("errors").is_some());
    assert_eq!(failed.headers[header::CACHE_CONTROL], "no-store");
    shop.fail(Fault {
        rpc: "shop.inventory.v1.InventoryService/BatchGetStock".into(),
        // UNAVAILABLE
        error_code: 14,
        ..Fault::default()
    });
    let down = get(&shop, Kind::Iot, "Stock", &stock(), &[]).await;
    assert_eq!(down.headers[header::CACHE_CONTROL], "no-store", "{}", down.text);
    assert!(!down.headers.contains_key(header::ETAG) && !down.headers.contains_key("surrogate-key"));
    // The failure leaves no trace.
    shop.domain.faults().clear();
    let up = get(&shop, Kind::Iot, "Stock", &stock(), &[]).await.whole();
    assert!(header_of(&up.headers, "cache-control").starts_with("public"));
    let posted =
        shop.iot(&format!("{{ inStock(product: \"{}\") }}", product_id("kettle-gooseneck-09"))).await;
    assert_eq!(posted.whole().headers[header::CACHE_CONTROL], "no-store");
}

#[tokio::test]
async fn equal_requests_at_the_same_time_are_one_request_to_the_services() {
    let shop = shop().await;
    let stock = stock();
    let all = join_all((0..200).map(|_| get(&shop, Kind::Iot, "Stock", &stock, &[]))).await;
    let first = &all[0].text;
    assert!(all.iter().all(|answer| answer.text == *first && answer.status == StatusCode::OK));
    assert_eq!(shop.calls(), "InventoryService/BatchGetStock ×1, keys [1]\n");
    // Other variables make another answer, and a private answer is shared with no other principal.
    let other = json!({ "p": product_id("moka-pot-6") });
    get(&shop, Kind::Iot, "Stock", &other, &[]).await.whole();
    assert_eq!(shop.calls(), "InventoryService/BatchGetStock ×1, keys [1]\n");
    let product = json!({ "id": product_id("kettle-gooseneck-09") });
    for user in ["user-ada-lindqvist", "user-nobody"] {
        get(&shop, Kind::Mobile, "ProductOffer", &product, &[("x-user-id", user)]).await;
        assert!(shop.calls().contains("PricingService"), "{user}");
    }
}

#[tokio::test]
async fn a_service_that_is_down_is_called_once_for_all_requests_that_wait() {
    let shop = shop().await;
    let rpc = "shop.inventory.v1.InventoryService/BatchGetStock".to_owned();
    // The service is silent: all requests arrive long before the first answer.
    shop.fail(Fault { rpc, black_hole: true, ..Fault::default() });
    let stock = stock();
    let all = join_all((0..20).map(|_| get(&shop, Kind::Iot, "Stock", &stock, &[]))).await;
    assert!(all.iter().all(|answer| answer.text == all[0].text));
    assert!(all.iter().all(|answer| answer.headers[header::CACHE_CONTROL] == "no-store"));
    assert_eq!(shop.calls(), "InventoryService/BatchGetStock ×1, keys [1]\n");
}

#[tokio::test]
async fn no_request_waits_for_the_private_answer_of_another_principal() {
    let shop = shop().await;
    let rpc = "shop.carts.v1.CartService/GetCart".to_owned();
    // The service is silent to both requests: if one waited for the other, its call would arrive too late.
    shop.fail(Fault { rpc: rpc.clone(), black_hole: true, ..Fault::default() });
    let nothing = json!({});
    let badges = async |user| get(&shop, Kind::Mobile, "Badges", &nothing, &[("x-user-id", user)]).await;
    let both_called = |calls: &[proto::admin::Call]| calls.iter().filter(|call| call.rpc == rpc).count() == 2;
    let calls = shop.domain.calls();
    let both = futures_util::future::join(badges("user-ada-lindqvist"), badges("user-zoe-marchetti"));
    let mut both = std::pin::pin!(both);
    // Both calls have arrived while neither request has an answer.
    tokio::select! {
        answered = &mut both => panic!("{}", answered.0.text),
        _both = calls.wait_until(both_called) => {}
    }
    let (hers, zoes) = both.await;
    for answer in [hers, zoes] {
        assert_eq!(
            answer.degraded(),
            ["home.cartCount: UPSTREAM_TIMEOUT of CartService ×1"],
            "{}",
            answer.text
        );
    }
}

/// The seconds of a directive of `Cache-Control`; 0 without it.
fn seconds(answer: &Answer, directive: &str) -> u64 {
    let mut said = header_of(&answer.headers, "cache-control").split(", ");
    said.find_map(|it| it.strip_prefix(directive)?.strip_prefix('=')?.parse().ok()).unwrap_or(0)
}

#[tokio::test]
async fn an_answer_with_a_relative_time_is_kept_no_longer_than_it_is_true() {
    let told = async |shop: &Shop, product: &str, field: &str| {
        let query =
            format!("{{ product(id: \"{}\") {{ reviews(first: 3) {{ {field} }} }} }}", product_id(product));
        let uri = format!("http://{}/graphql?query={}", shop.mobile, percent_encoded(&query));
        shop.send(Request::get(uri).body(Full::default()).unwrap()).await.whole()
    };
    let shop = Shop::open().await;
    let mut kept = Vec::new();
    for product in ["kettle-gooseneck-09", "teapot-cast-iron-08", "matcha-whisk-set"] {
        let now = told(&shop, product, "when").await;
        let (fresh, stale) = (seconds(&now, "max-age"), seconds(&now, "stale-if-error"));
        // A field without relative times is cacheable for as long as the policies say.
        let text = told(&shop, product, "text").await;
        let most = (seconds(&text, "max-age"), seconds(&text, "stale-if-error"));
        assert!(fresh <= most.0 && stale < most.1, "{now:?}");
        let later = Shop::after(Duration::from_secs((fresh + stale).saturating_sub(1))).await;
        assert_eq!(told(&later, product, "when").await.text, now.text);
        kept.push(fresh + stale);
    }
    assert!(kept.iter().any(|time| *time > 0), "{kept:?}");
}
