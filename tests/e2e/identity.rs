//! Principals: their identification, and the operations that they may run.

mod bound;
mod browsers;
mod devices;
mod exchanged;
mod own;
mod phones;
mod privilege;
mod provided;
mod required;
mod secrets;
mod signed;
mod visitors;

use bff_kit::Mode;
use serde_json::{Value, json};

use self::provided::Provided;
use crate::support::{ADA, Answer, Kind, SHELF, Shop, device_id, product_id};

fn review(key: &str, product: &str, rating: i32) -> Value {
    let query = "mutation($input: ReviewCreateInput!) { reviewCreate(input: $input) {
        review { id author rating text createdAt } userErrors { field message code } } }";
    let input = json!({ "idempotencyKey": key, "productId": product_id(product), "rating": rating,
        "text": "Does what it should." });
    json!({ "query": query, "variables": { "input": input } })
}

async fn price(shop: &Shop, headers: &[(&str, &str)]) -> String {
    let id = product_id("grinder-electric-flat-64");
    let query = json!({ "query": format!("{{ product(id: \"{id}\") {{ price {{ amount }} }} }}") });
    let answer = shop.post(shop.mobile, query, headers).await.whole();
    answer.data("/product/price/amount").as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_domain_knows_the_principal_and_prices_accordingly() {
    let shop = Shop::open().await;
    let anybody: f64 = price(&shop, &[]).await.parse().unwrap();
    let member: f64 = price(&shop, &[ADA]).await.parse().unwrap();
    assert!(member < anybody);
    let calls = shop.domain.calls().list();
    // Which product it is depends on nobody.
    let of_member: Vec<_> =
        calls.iter().filter(|call| call.subject == ADA.1).map(|call| &*call.rpc).collect();
    assert_eq!((calls.len(), of_member), (4, vec!["shop.pricing.v1.PricingService/BatchGetPrices"]));
}

#[test]
fn the_domain_knows_the_bffs_of_the_shop_by_their_names() {
    assert_eq!(domain_stubs::credential::ISSUERS, Kind::ALL.map(|kind| kind.client().name()));
}

#[tokio::test]
async fn no_header_names_anybody() {
    let shop = Provided::open().await.shop;
    let cart = || json!({ "query": "{ cart { __typename } }" });
    assert_eq!(shop.post(shop.mobile, cart(), &[ADA]).await.errors(), ["cart: UNAUTHENTICATED"]);
    assert!(shop.post(shop.web, cart(), &[ADA]).await.data("/cart").is_null());
    assert!(shop.domain.calls().list().iter().all(|call| call.subject.is_empty()));
}

#[tokio::test]
async fn introspection_is_for_development() {
    let production = Shop::with(|config| {
        config.mode = Mode::Production;
        config.credential.key = Some(domain_stubs::credential::DEVELOPMENT_CREDENTIAL_KEY.into());
        config.operations.policy = Some(bff_kit::DocumentPolicy::Open);
    })
    .await;
    let development = Shop::open().await;
    let query = "{ __schema { directives { name } types { name } } }";
    let open = development.iot(query).await.whole();
    assert!(open.text.contains("Query") && !open.text.contains("fetch"), "{}", open.text);
    let closed = production.iot(query).await;
    assert!(!closed.text.contains("Boolean"), "{}", closed.text);
}

#[tokio::test]
async fn a_review_is_written_once_under_one_key() {
    let shop = Shop::open().await;
    let send = async |key: &str, product: &str, rating: i32, headers: &[(&str, &str)]| -> Answer {
        shop.post(shop.web, review(key, product, rating), headers).await
    };
    let somebody = [("x-user-id", "user-new-here")];
    let code = |answer: &Answer| answer.data("/reviewCreate/userErrors/0/code").clone();

    let first = send("key-one-1", "kettle-gooseneck-09", 4, &somebody).await.whole();
    assert_eq!(first.data("/reviewCreate/review/rating"), 4);
    let again = send("key-one-1", "kettle-gooseneck-09", 4, &somebody).await.whole();
    assert_eq!(again.body, first.body);
    let other = send("key-one-1", "kettle-gooseneck-09", 5, &somebody).await.whole();
    assert_eq!(code(&other), "IDEMPOTENCY_KEY_REUSED");
    let second = send("key-two-2", "kettle-gooseneck-09", 4, &somebody).await.whole();
    assert_eq!(code(&second), "ALREADY_REVIEWED");
    let unknown = send("key-three-3", "no-such-thing", 4, &somebody).await.whole();
    assert_eq!(code(&unknown), "NOT_FOUND");
    let six = send("key-four-4", "teapot-cast-iron-08", 6, &somebody).await;
    assert_eq!(code(&six.whole()), "INVALID");
    let nobody = send("key-five-5", "teapot-cast-iron-08", 5, &[]).await;
    assert_eq!(nobody.errors(), ["reviewCreate: UNAUTHENTICATED"]);
}

#[tokio::test]
async fn no_header_of_the_client_reaches_the_services_but_through_the_credential() {
    let shop = Shop::open().await;
    let query = json!({ "query": format!("{{ device(id: \"{}\") {{ id }} }}", device_id(SHELF.1)) });
    let forged = [("authorization", "Bearer forged"), ("x-device-id", SHELF.1), ("grpc-timeout", "1n")];
    shop.post(shop.iot, query, &forged).await.whole();
    let calls = shop.domain.calls().list();
    assert_eq!(calls[0].subject, SHELF.1);
}
