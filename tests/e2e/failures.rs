//! Answers to a client when a service fails, is slow, or sends nonsense.

mod services;

use proto::admin::Fault;
use serde_json::{Value, json};

use crate::support::{Kind, Probe, Shop, probes, product_id};

const INTERNAL: i32 = 13;
const UNAVAILABLE: i32 = 14;

fn broken(rpc: &str, error_code: i32) -> Fault {
    Fault { rpc: rpc.to_owned(), error_code, ..Fault::default() }
}

/// Every optional field of a product.
fn optional(kind: Kind) -> Vec<Probe> {
    let of_product =
        |probe: &Probe| probe.coordinate.starts_with("Product.") && probe.info.fallback.is_some();
    probes(kind).into_iter().filter(of_product).collect()
}

#[tokio::test]
async fn a_failing_optional_field_takes_its_fallback_and_everything_else_stands() {
    let shop = Shop::open().await;
    let id = product_id("kettle-gooseneck-09");
    for (kind, fields) in [
        (Kind::Mobile, "id name thumbnail price { text } inStock rating reviews { text }"),
        (
            Kind::Web,
            "id name price { current { amount } } stock { total } rating { average } reviews { totalCount } related { name } shippingOptions(country: \"FR\") { name }",
        ),
    ] {
        let query = format!("{{ product(id: \"{id}\") {{ {fields} }} }}");
        let healthy = shop.query(kind, &query).await.whole();
        let optional = optional(kind);
        assert!(optional.len() >= 4);
        for probe in &optional {
            shop.fail(broken(&probe.info.steps[0].rpc, UNAVAILABLE));
            let answer = shop.query(kind, &query).await;
            shop.domain.faults().clear();

            let field = probe.path.last().unwrap();
            let mut expected = healthy.body["data"]["product"].clone();
            expected[field] = serde_json::from_str(probe.info.fallback.as_ref().unwrap()).unwrap();
            assert_eq!(answer.body["data"]["product"], expected, "{kind}: {}", probe.coordinate);
            assert_eq!(answer.errors(), Vec::<String>::new());
            assert_eq!(answer.degraded().len(), 1, "{}", answer.text);
            assert!(answer.degraded()[0].starts_with(&format!("product.{field}: UPSTREAM_UNAVAILABLE")));
        }
    }
}

#[tokio::test]
async fn every_optional_field_of_a_list_falls_back_for_each_item() {
    let shop = Shop::open().await;
    for rpc in [
        "shop.pricing.v1.PricingService/BatchGetPrices",
        "shop.inventory.v1.InventoryService/BatchGetStock",
        "shop.reviews.v1.ReviewService/BatchGetRatings",
        "shop.reviews.v1.ReviewService/BatchListReviews",
    ] {
        shop.fail(broken(rpc, INTERNAL));
    }
    let answer = shop
        .mobile("{ products(first: 20) { items { name price { text } inStock rating reviews { text } } } }")
        .await;
    assert_eq!(answer.errors(), Vec::<String>::new());
    let items = answer.data("/products/items").as_array().unwrap();
    assert_eq!(items.len(), 20);
    for item in items {
        assert!(item["name"].is_string());
        assert_eq!(item["price"], Value::Null);
        assert_eq!(item["inStock"], Value::Null);
        assert_eq!(item["rating"], Value::Null);
        assert_eq!(item["reviews"], json!([]));
    }
    assert_eq!(
        answer.degraded(),
        [
            ("inStock", "InventoryService"),
            ("price", "PricingService"),
            ("rating", "ReviewService"),
            ("reviews", "ReviewService")
        ]
        .map(|(field, service)| format!("products.items.{field}: INTERNAL_SERVER_ERROR of {service} ×20"))
    );
}
