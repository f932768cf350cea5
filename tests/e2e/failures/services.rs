//! Statuses, silence and wrong keys of a service, and a service that is not there.

use std::collections::BTreeSet;
use std::time::Duration;

use bff_kit::host::config::ServiceConfig;
use proto::admin::{Fault, KeyFault, KeyFaultKind};
use serde_json::{Value, json};

use super::{INTERNAL, UNAVAILABLE, broken};
use crate::support::{Shop, product_id};

const NOT_FOUND: i32 = 5;
const RESOURCE_EXHAUSTED: i32 = 8;

fn broken_keys(rpc: &str, keys: &[&str], kind: KeyFaultKind) -> Fault {
    let keys = keys.iter().map(|key| (*key).to_owned()).collect();
    let fault = KeyFault { keys, kind: kind.into(), error_code: UNAVAILABLE };
    Fault { rpc: rpc.to_owned(), key_faults: vec![fault], ..Fault::default() }
}

#[tokio::test]
async fn a_failing_critical_call_fails_its_field_with_a_code_and_no_word_of_what_happened() {
    let shop = Shop::open().await;
    let rpc = "shop.catalog.v1.CatalogService/BatchGetProducts";
    let id = product_id("kettle-gooseneck-09");
    let query = format!("{{ product(id: \"{id}\") {{ name }} categories {{ name }} }}");
    for (error_code, code) in [
        (UNAVAILABLE, "UPSTREAM_UNAVAILABLE"),
        (RESOURCE_EXHAUSTED, "UPSTREAM_UNAVAILABLE"),
        (4, "UPSTREAM_TIMEOUT"),
        (9, "REFUSED"),
        // These statuses would be the client's error if they named an argument or the acting user.
        (3, "INTERNAL_SERVER_ERROR"),
        (11, "INTERNAL_SERVER_ERROR"),
        (7, "INTERNAL_SERVER_ERROR"),
        (16, "INTERNAL_SERVER_ERROR"),
        (INTERNAL, "INTERNAL_SERVER_ERROR"),
        (2, "INTERNAL_SERVER_ERROR"),
        (15, "INTERNAL_SERVER_ERROR"),
    ] {
        shop.fail(broken(rpc, error_code));
        let answer = shop.mobile(&query).await;
        assert_eq!(answer.errors(), [format!("product: {code}")]);
        assert_eq!(answer.data("/product"), &Value::Null);
        assert_eq!(answer.data("/categories").as_array().unwrap().len(), 10);
        for word in ["fault", "injected", "BatchGet", "catalog", "shop."] {
            assert!(!answer.text.contains(word), "{word} in {}", answer.text);
        }
    }
    shop.fail(broken(rpc, NOT_FOUND));
    shop.domain.calls().clear();
    let answer = shop.mobile(&query).await.whole();
    assert_eq!(answer.data("/product"), &Value::Null);
}

#[tokio::test]
async fn a_call_past_its_timeout_is_given_up_and_the_rest_is_answered() {
    let shop = Shop::open().await;
    shop.fail(Fault {
        rpc: "shop.reviews.v1.ReviewService/BatchGetRatings".to_owned(),
        latency: Some(prost_types::Duration { seconds: 30, nanos: 0 }),
        ..Fault::default()
    });
    let id = product_id("kettle-gooseneck-09");
    let query = format!("{{ product(id: \"{id}\") {{ name rating inStock }} }}");
    let answer = tokio::time::timeout(Duration::from_secs(10), shop.mobile(&query)).await.unwrap();
    assert_eq!(answer.errors(), Vec::<String>::new());
    assert_eq!(answer.degraded(), ["product.rating: UPSTREAM_TIMEOUT of ReviewService ×1"]);
    assert_eq!(answer.data("/product/inStock"), &json!(true));
}

#[tokio::test]
async fn a_missing_key_and_one_answered_twice_fail_for_themselves_alone_and_an_extra_one_for_nobody() {
    let shop = Shop::open().await;
    let query = "{ products(first: 5) { items { name inStock } } }";
    let healthy = shop.mobile(query).await.whole();
    let rpc = "shop.inventory.v1.InventoryService/BatchGetStock";
    let keys = shop.domain.calls().list().last().unwrap().keys.clone();
    for (kind, failing) in
        [(KeyFaultKind::Omit, true), (KeyFaultKind::Duplicate, true), (KeyFaultKind::Extra, false)]
    {
        shop.fail(broken_keys(rpc, &[&keys[2]], kind));
        let answer = shop.mobile(query).await;
        assert_eq!(answer.errors(), Vec::<String>::new());
        let stocks = |answer: &crate::support::Answer| -> Vec<Value> {
            let items = answer.data("/products/items").as_array().unwrap();
            items.iter().map(|item| item["inStock"].clone()).collect()
        };
        let nulls = stocks(&answer).iter().filter(|stock| stock.is_null()).count();
        assert_eq!(nulls, usize::from(failing), "{kind:?}");
        let same = stocks(&answer).iter().zip(stocks(&healthy)).filter(|(now, then)| **now == *then).count();
        assert_eq!(same, 5 - usize::from(failing), "{kind:?}");
        assert_eq!(answer.degraded().len(), usize::from(failing));
    }
}

#[tokio::test]
async fn a_service_that_is_not_there_fails_its_fields_and_no_others() {
    let shop = Shop::with(|config| {
        let nowhere = "http://127.0.0.1:1".to_owned();
        let nowhere = ServiceConfig { address: Some(nowhere), ..ServiceConfig::default() };
        config.upstream.services.insert("shop.reviews.v1.ReviewService".to_owned(), nowhere);
    })
    .await;
    let id = product_id("kettle-gooseneck-09");
    let answer =
        shop.mobile(&format!("{{ product(id: \"{id}\") {{ name rating reviews {{ text }} }} }}")).await;
    assert_eq!(answer.data("/product/name"), &json!("Gooseneck Kettle 0.9 l"));
    let codes: BTreeSet<_> = answer.degraded().into_iter().collect();
    let expected = ["product.rating", "product.reviews"]
        .map(|path| format!("{path}: UPSTREAM_UNAVAILABLE of ReviewService ×1"));
    assert_eq!(codes, expected.into_iter().collect());
}
