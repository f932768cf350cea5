//! Requirements of fields on a principal.

use bff_kit::identity::{ExposeSecret as _, KeyFile, KeyOrder, KeyPrefix, Scopes};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::provided::Provided;
use crate::support::{ADA, Answer, SHELF, device_id, id_of, now};

fn order(key: &str) -> Value {
    let query = "mutation($input: OrderPlaceInput!) {
        orderPlace(input: $input) { order { id } userErrors { code } }
        cartRemove(input: { idempotencyKey: \"remove-1\", productId: \"UHJvZHVjdDpub25l\" }) { userErrors { code } } }";
    let input = json!({ "idempotencyKey": key, "country": "FR", "shippingOption": "standard",
        "paymentMethodId": id_of("PaymentMethod", "pm-none") });
    json!({ "query": query, "variables": { "input": input } })
}

#[tokio::test]
async fn a_field_without_its_scope_is_null_and_forbidden_its_service_is_not_called_and_its_siblings_stand() {
    let shop = Provided::open().await;
    let place = async |key: &str, scopes: &str| -> Answer {
        let bearer = format!("Bearer {}", shop.provider.phone_token(ADA.1, scopes));
        shop.shop.post(shop.shop.mobile, order(key), &[("authorization", &bearer)]).await
    };
    let forbidden = place("order-one-1", "openid orders.read").await;
    assert_eq!(forbidden.errors(), ["orderPlace: FORBIDDEN"]);
    assert!(forbidden.data("/orderPlace").is_null());
    assert!(forbidden.data("/cartRemove/userErrors").is_array(), "{}", forbidden.text);
    let calls = shop.shop.calls();
    assert!(!calls.contains("PlaceOrder") && calls.contains("RemoveItem"), "{calls}");
    let placed = place("order-two-2", "openid orders.write").await;
    assert!(placed.data("/orderPlace/userErrors/0/code").is_string(), "{}", placed.text);
    assert!(shop.shop.calls().contains("PlaceOrder"));
}

#[tokio::test]
async fn what_requires_a_user_calls_no_service_for_nobody() {
    let shop = Provided::open().await;
    let query = json!({ "query": "{ cart { count } orders { items { id } } categories { name } }" });
    let nobody = shop.shop.post(shop.shop.mobile, query, &[]).await;
    assert_eq!(nobody.errors(), ["cart: UNAUTHENTICATED", "orders: UNAUTHENTICATED"]);
    assert!(!nobody.data("/categories/0/name").is_null());
    assert_eq!(shop.shop.calls(), "CatalogService/ListCategories ×1, keys [0]\n");
}

#[tokio::test]
async fn a_key_reports_only_with_the_scope() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    let file = KeyFile::new(&path, KeyPrefix::new("shopd").unwrap());
    let [with, without] = ["telemetry.write", "stock.read"].map(|scopes| {
        let scopes = Scopes::parse(scopes).unwrap();
        let order = KeyOrder { device: SHELF.1.to_owned(), label: String::new(), scopes, expires: None };
        file.issue(order, Timestamp::now()).unwrap().key
    });
    let shop = Provided::with(move |config| config.sign_in.keys = Some(path.clone())).await.shop;
    let report = json!({
        "query": "mutation($input: ReportInput!) { report(input: $input) { acks { seq } } }",
        "variables": { "input": { "device": device_id(SHELF.1), "readings": [
            { "seq": 1, "at": now().as_second(), "weightG": 1, "tempMc": 1, "battery": 1 }] } },
    });
    let send = async |key: &str| shop.post(shop.iot, report.clone(), &[("x-api-key", key)]).await;
    assert_eq!(send(without.expose_secret()).await.errors(), ["report: FORBIDDEN"]);
    assert_eq!(shop.calls(), "");
    assert_eq!(send(with.expose_secret()).await.whole().data("/report/acks/0/seq"), 1);
}
