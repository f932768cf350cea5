//! What each client can change, and that repeating it changes nothing more.

use std::net::SocketAddr;
use std::time::Duration;

use proto::admin::{Call, Fault};
use serde_json::{Value, json};

use crate::support::{ADA, Answer, Shop, product_id};

/// No test waits longer than this for what should happen at once.
const PATIENCE: Duration = Duration::from_secs(20);

/// A mutation of a client, as it is sent.
struct Change {
    /// The RPC that makes it.
    rpc: &'static str,
    field: &'static str,
    to: SocketAddr,
    body: Value,
    /// A query whose answer tells whether it was made, and how often.
    state: &'static str,
}

fn mutation(field: &str, input_type: &str, selection: &str, input: &Value) -> Value {
    let query = format!(
        "mutation($input: {input_type}!) {{ {field}(input: $input) {{ {selection} userErrors {{ field message code }} }} }}"
    );
    json!({ "query": query, "variables": { "input": input } })
}

async fn send(shop: &Shop, change: &Change) -> Answer {
    shop.post(change.to, change.body.clone(), &[ADA]).await
}

async fn state(shop: &Shop, change: &Change) -> Value {
    shop.post(change.to, json!({ "query": change.state }), &[ADA]).await.whole().body
}

/// One of each mutation of the phone and of the web shop that changes what can be counted.
async fn changes(shop: &Shop) -> Vec<Change> {
    let query = "{ notifications(first: 20) { items { id read } } cart { paymentMethods { id } } }";
    let hers = shop.post(shop.mobile, json!({ "query": query }), &[ADA]).await.whole();
    let items = hers.data("/notifications/items").as_array().unwrap();
    let unread: Vec<_> = items.iter().filter(|it| it["read"] == false).map(|it| &it["id"]).collect();
    let method = hers.data("/cart/paymentMethods/0/id");
    let mut changes = cart_changes(shop);
    changes.extend(notification_changes(shop, unread[0], unread[1]));
    changes.extend(other_changes(shop, method));
    changes
}

fn cart_changes(shop: &Shop) -> Vec<Change> {
    let product = product_id("kettle-gooseneck-09");
    let change = |rpc, field: &'static str, to, key: &str, quantity: Option<i32>| {
        let mut input = json!({ "idempotencyKey": key, "productId": product });
        if let Some(quantity) = quantity {
            input["quantity"] = json!(quantity);
        }
        let input_type = format!("C{}Input", &field[1..]);
        let body = mutation(field, &input_type, "cart { count }", &input);
        Change { rpc, field, to, body, state: "{ cart { count } }" }
    };
    let (mobile, web) = (shop.mobile, shop.web);
    vec![
        change("shop.carts.v1.CartService/AddItem", "cartAdd", mobile, "key-mobile-add", Some(2)),
        change("shop.carts.v1.CartService/AddItem", "cartAdd", web, "key-web-add", Some(1)),
        change("shop.carts.v1.CartService/SetQuantity", "cartSetQuantity", mobile, "key-mobile-set", Some(5)),
        change("shop.carts.v1.CartService/SetQuantity", "cartSetQuantity", web, "key-web-set", Some(4)),
        change("shop.carts.v1.CartService/RemoveItem", "cartRemove", mobile, "key-mobile-remove", None),
    ]
}

fn notification_changes(shop: &Shop, one: &Value, other: &Value) -> Vec<Change> {
    let rpc = "shop.notifications.v1.NotificationService/MarkRead";
    let state = "{ notifications { unreadCount } }";
    let read = json!({ "idempotencyKey": "key-read", "notificationId": one });
    let read = mutation("notificationRead", "NotificationReadInput", "unreadCount", &read);
    let mark = json!({ "idempotencyKey": "key-mark", "notificationIds": [other] });
    let selection = "unreadCount notifications { id read }";
    let mark = mutation("notificationsMarkRead", "NotificationsMarkReadInput", selection, &mark);
    vec![
        Change { rpc, field: "notificationRead", to: shop.mobile, body: read, state },
        Change { rpc, field: "notificationsMarkRead", to: shop.web, body: mark, state },
    ]
}

fn other_changes(shop: &Shop, method: &Value) -> Vec<Change> {
    let prefer = json!({ "idempotencyKey": "key-prefer", "newsletter": true, "language": "fr" });
    let selection = "preferences { language newsletter notificationSound }";
    let prefer = mutation("preferencesUpdate", "PreferencesUpdateInput", selection, &prefer);
    let product = product_id("matcha-whisk-set");
    let review =
        json!({ "idempotencyKey": "key-review", "productId": product, "rating": 4, "text": "Good." });
    let review = mutation("reviewCreate", "ReviewCreateInput", "review { id rating }", &review);
    let order = |key: &str| {
        let input = json!({ "idempotencyKey": key, "paymentMethodId": method, "shippingOption": "standard",
            "country": "FR" });
        mutation("orderPlace", "OrderPlaceInput", "order { id state }", &input)
    };
    vec![
        Change {
            rpc: "shop.users.v1.UserService/UpdatePreferences",
            field: "preferencesUpdate",
            to: shop.web,
            body: prefer,
            state: "{ viewer { preferences { language newsletter notificationSound country } } }",
        },
        Change {
            rpc: "shop.reviews.v1.ReviewService/CreateReview",
            field: "reviewCreate",
            to: shop.web,
            body: review,
            state: "{ search(query: \"matcha whisk\") { nodes { rating { count } } } }",
        },
        Change {
            rpc: "shop.orders.v1.OrderService/PlaceOrder",
            field: "orderPlace",
            to: shop.mobile,
            body: order("key-order"),
            state: "{ orders { total } cart { count } }",
        },
    ]
}

#[track_caller]
fn made(change: &Change, answer: &Answer) {
    assert!(answer.body.get("errors").is_none(), "{}: {}", change.field, answer.text);
    assert_eq!(answer.data(&format!("/{}/userErrors", change.field)), &json!([]), "{}", answer.text);
}

#[tokio::test]
async fn whatever_fails_on_the_way_a_change_repeated_under_its_key_is_made_once() {
    let shop = Shop::open().await;
    for change in changes(&shop).await {
        let before = state(&shop, &change).await;
        // The service refuses to work: nothing has changed.
        shop.fail(Fault { rpc: change.rpc.to_owned(), error_code: 14, ..Fault::default() });
        let answer = send(&shop, &change).await;
        assert_eq!(answer.errors(), [format!("{}: UPSTREAM_UNAVAILABLE", change.field)]);
        assert_eq!(state(&shop, &change).await, before, "{}", change.field);

        // The phone loses its connection while the service works.
        let latency = prost_types::Duration { seconds: 0, nanos: 100_000_000 };
        shop.fail(Fault { rpc: change.rpc.to_owned(), latency: Some(latency), ..Fault::default() });
        shop.domain.calls().clear();
        {
            let mut lost = std::pin::pin!(send(&shop, &change));
            let arrived = shop
                .domain
                .calls()
                .wait_until(|calls: &[Call]| calls.iter().any(|call| call.rpc == change.rpc));
            tokio::select! {
                _answer = &mut lost => {}
                _calls = tokio::time::timeout(PATIENCE, arrived) => {}
            }
        }
        shop.domain.faults().clear();

        // It tries again, twice at the same time, and once more later.
        let (first, second) = tokio::join!(send(&shop, &change), send(&shop, &change));
        made(&change, &first);
        assert_eq!(first.body, second.body, "{}", change.field);
        let after = state(&shop, &change).await;
        assert_ne!(after, before, "{}", change.field);
        let again = send(&shop, &change).await;
        assert_eq!(again.body, first.body, "{}", change.field);
        assert_eq!(state(&shop, &change).await, after, "{}", change.field);
    }
}

#[tokio::test]
async fn what_the_shop_refuses_is_a_user_error_and_what_is_malformed_is_an_error() {
    let shop = Shop::open().await;
    let add = |key: &str, product: &str, quantity: i32| {
        let input = json!({ "idempotencyKey": key, "productId": product, "quantity": quantity });
        mutation("cartAdd", "CartAddInput", "cart { count }", &input)
    };
    let none_left = product_id("matcha-whisk-set");
    let kettle = product_id("kettle-gooseneck-09");
    for to in [shop.mobile, shop.web] {
        for (body, code) in [
            (add("key-none-left", &none_left, 1), "OUT_OF_STOCK"),
            (add("key-no-such", &product_id("no-such-thing"), 1), "NOT_FOUND"),
        ] {
            let answer = shop.post(to, body, &[ADA]).await.whole();
            assert_eq!(answer.data("/cartAdd/userErrors/0/code"), code);
            assert_eq!(answer.data("/cartAdd/userErrors/0/field"), &json!(["input", "productId"]));
            assert_eq!(answer.data("/cartAdd/cart"), &Value::Null);
        }
        for body in
            [add("key-malformed", "kettle", 1), add("key-too-many", &kettle, 21), add("short", &kettle, 1)]
        {
            let answer = shop.post(to, body, &[ADA]).await;
            assert_eq!(answer.errors(), ["cartAdd: BAD_USER_INPUT"], "{}", answer.text);
        }
        let nobody = shop.post(to, add("key-of-nobody", &kettle, 1), &[]).await;
        assert_eq!(nobody.errors(), ["cartAdd: UNAUTHENTICATED"]);
    }
}

#[tokio::test]
async fn adding_to_the_cart_is_noted_for_statistics_without_waiting() {
    let shop = Shop::open().await;
    let rpc = "shop.analytics.v1.AnalyticsService/RecordEvents";
    shop.fail(Fault { rpc: rpc.to_owned(), black_hole: true, ..Fault::default() });
    let input = json!({ "idempotencyKey": "key-noted-1", "productId": product_id("kettle-gooseneck-09") });
    let body = mutation("cartAdd", "CartAddInput", "cart { count }", &input);
    let sent = shop.post(shop.mobile, body, &[ADA]);
    tokio::time::timeout(PATIENCE, sent).await.unwrap().whole();
    let noted = shop.domain.calls().wait_until(|calls: &[Call]| calls.iter().any(|call| call.rpc == rpc));
    tokio::time::timeout(PATIENCE, noted).await.unwrap();
}
