//! Answers to a client when a service fails, is slow, or sends nonsense.

mod services;

use proto::admin::Fault;
use serde_json::{Value, json};

use crate::support::Shop;

const INTERNAL: i32 = 13;
const UNAVAILABLE: i32 = 14;

fn broken(rpc: &str, error_code: i32) -> Fault {
    Fault { rpc: rpc.to_owned(), error_code, ..Fault::default() }
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
