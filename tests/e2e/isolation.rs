//! Nobody sees what is somebody else's, whichever id they name.

use serde_json::{Value, json};

use crate::support::{ADA, Shop, device_id};

const ZOE: (&str, &str) = ("x-user-id", "user-zoe-marchetti");

#[tokio::test]
async fn an_order_of_somebody_else_does_not_exist() {
    let shop = Shop::open().await;
    let orders = shop.post(shop.web, json!({ "query": "{ orders { nodes { id } } }" }), &[ADA]).await.whole();
    let ids: Vec<_> =
        orders.data("/orders/nodes").as_array().unwrap().iter().map(|it| it["id"].clone()).collect();
    assert!(!ids.is_empty());
    for id in &ids {
        let query =
            format!("{{ order(id: {id}) {{ id }} node(id: {id}) {{ id }} nodes(ids: [{id}]) {{ id }} }}");
        let hers = shop.post(shop.web, json!({ "query": query }), &[ADA]).await.whole();
        assert_eq!(hers.data("/order/id"), id);
        assert_eq!(hers.data("/node/id"), id);
        let not_hers = shop.post(shop.web, json!({ "query": query }), &[ZOE]).await.whole();
        assert_eq!(not_hers.body["data"], json!({ "order": null, "node": null, "nodes": [null] }));
    }
}

#[tokio::test]
async fn what_belongs_to_somebody_is_never_answered_to_another() {
    let shop = Shop::open().await;
    for (to, query) in [
        (
            shop.mobile,
            "{ cart { count lines { quantity } } orders { items { id } } notifications { items { id } } }",
        ),
        (
            shop.web,
            "{ viewer { id email } cart { count } orders { nodes { id } } notifications { nodes { id } } }",
        ),
    ] {
        let hers = shop.post(to, json!({ "query": query }), &[ADA]).await.whole();
        let others = shop.post(to, json!({ "query": query }), &[ZOE]).await.whole();
        assert_ne!(hers.body, others.body);
        let ids = |text: &str| -> Vec<String> {
            text.split("\"id\":\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
        };
        for id in ids(&hers.text) {
            assert!(!others.text.contains(&id), "{id} is answered to both");
        }
        let nobodys = shop.post(to, json!({ "query": query }), &[]).await;
        assert!(nobodys.body["data"].as_object().unwrap().values().all(Value::is_null), "{}", nobodys.text);
        assert!(nobodys.errors().iter().all(|error| error.ends_with("UNAUTHENTICATED")), "{}", nobodys.text);
    }
}

#[tokio::test]
async fn nobody_changes_what_is_somebody_elses() {
    let shop = Shop::open().await;
    let query = "{ notifications { items { id } } cart { paymentMethods { id } } }";
    let hers = shop.post(shop.mobile, json!({ "query": query }), &[ADA]).await.whole();
    let notification = hers.data("/notifications/items/0/id");
    let method = hers.data("/cart/paymentMethods/0/id");
    let read = json!({
        "query": "mutation($input: NotificationReadInput!) { notificationRead(input: $input) { unreadCount userErrors { code } } }",
        "variables": { "input": { "idempotencyKey": "key-not-hers", "notificationId": notification } },
    });
    let answer = shop.post(shop.mobile, read, &[ZOE]).await.whole();
    assert_eq!(answer.data("/notificationRead/userErrors/0/code"), "NOT_FOUND");
    let product = crate::support::product_id("kettle-gooseneck-09");
    let add = json!({
        "query": "mutation($input: CartAddInput!) { cartAdd(input: $input) { userErrors { code } } }",
        "variables": { "input": { "idempotencyKey": "key-something", "productId": product } },
    });
    shop.post(shop.mobile, add, &[ZOE]).await.whole();
    let order = json!({
        "query": "mutation($input: OrderPlaceInput!) { orderPlace(input: $input) { order { id } userErrors { code } } }",
        "variables": { "input": { "idempotencyKey": "key-not-hers-2", "paymentMethodId": method,
            "shippingOption": "standard", "country": "FR" } },
    });
    let answer = shop.post(shop.mobile, order, &[ZOE]).await.whole();
    assert_eq!(answer.data("/orderPlace/userErrors/0/code"), "PAYMENT_METHOD_NOT_FOUND");
}

#[tokio::test]
async fn a_device_learns_of_itself_alone() {
    let shop = Shop::open().await;
    let other = device_id("shelf-0002");
    let query =
        format!("{{ device(id: \"{other}\") {{ location }} shelf(device: \"{other}\") {{ label }} }}");
    let answer =
        shop.post(shop.iot, json!({ "query": query }), &[("x-device-id", "shelf-0001")]).await.whole();
    assert_eq!(answer.body["data"], json!({ "device": null, "shelf": null }));
    let reading = json!({ "seq": 1, "at": 1_780_315_000, "weightG": 900, "tempMc": 21_000, "battery": 80 });
    let report = json!({
        "query": "mutation($input: ReportInput!) { report(input: $input) { acks { seq status } nextS } }",
        "variables": { "input": { "device": other, "readings": [reading] } },
    });
    let answer = shop.post(shop.iot, report.clone(), &[("x-device-id", "shelf-0001")]).await.whole();
    assert_eq!(answer.data("/report"), &Value::Null);
    let own = shop.post(shop.iot, report.clone(), &[("x-device-id", "shelf-0002")]).await.whole();
    assert_eq!(own.data("/report/acks"), &json!([{ "seq": 1, "status": "STORED" }]));
    let again = shop.post(shop.iot, report, &[("x-device-id", "shelf-0002")]).await.whole();
    assert_eq!(again.data("/report/acks"), &json!([{ "seq": 1, "status": "REPEATED" }]));
}
