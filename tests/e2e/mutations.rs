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
    let key = |name: &str| format!("key-of-{name}");
    let unread = shop.post(
        shop.mobile,
        json!({ "query": "{ notifications(first: 20) { items { id read } } }" }),
        &[ADA],
    );
    let unread = unread.await.whole();
    let items = unread.data("/notifications/items").as_array().unwrap().clone();
    let unread: Vec<_> = items.iter().filter(|it| it["read"] == false).map(|it| it["id"].clone()).collect();
    let methods =
        shop.post(shop.mobile, json!({ "query": "{ cart { paymentMethods { id } } }" }), &[ADA]).await;
    let method = methods.data("/cart/paymentMethods/0/id").clone();
    let cart = "{ cart { count total lines { quantity } } }";
    let web_cart = "{ cart { count subtotal { amount } items { quantity } } }";
    let product = product_id("kettle-gooseneck-09");
    let (mobile, web) = (shop.mobile, shop.web);
    let add = json!({ "idempotencyKey": key("mobile-add"), "productId": product, "quantity": 2 });
    let web_add = json!({ "idempotencyKey": key("web-add"), "productId": product, "quantity": 1 });
    let set = json!({ "idempotencyKey": key("set"), "productId": product, "quantity": 5 });
    let remove = json!({ "idempotencyKey": key("remove"), "productId": product });
    let read = json!({ "idempotencyKey": key("read"), "notificationId": unread[0] });
    let mark = json!({ "idempotencyKey": key("mark"), "notificationIds": [unread[1]] });
    let prefer = json!({ "idempotencyKey": key("prefer"), "newsletter": true, "language": "fr" });
    let review = json!({ "idempotencyKey": key("review"), "productId": product_id("matcha-whisk-set"), "rating": 4, "text": "Good." });
    let order = json!({ "idempotencyKey": key("order"), "paymentMethodId": method, "shippingOption": "standard", "country": "FR" });
    let change = |rpc, field, to, body, state| Change { rpc, field, to, body, state };
    vec![
        change(
            "shop.carts.v1.CartService/AddItem",
            "cartAdd",
            mobile,
            mutation("cartAdd", "CartAddInput", "cart { count }", &add),
            cart,
        ),
        change(
            "shop.carts.v1.CartService/AddItem",
            "cartAdd",
            web,
            mutation("cartAdd", "CartAddInput", "cart { count }", &web_add),
            web_cart,
        ),
        change(
            "shop.carts.v1.CartService/SetQuantity",
            "cartSetQuantity",
            mobile,
            mutation("cartSetQuantity", "CartSetQuantityInput", "cart { count }", &set),
            cart,
        ),
        change(
            "shop.carts.v1.CartService/RemoveItem",
            "cartRemove",
            mobile,
            mutation("cartRemove", "CartRemoveInput", "cart { count }", &remove),
            cart,
        ),
        change(
            "shop.notifications.v1.NotificationService/MarkRead",
            "notificationRead",
            mobile,
            mutation("notificationRead", "NotificationReadInput", "unreadCount", &read),
            "{ notifications { unreadCount } }",
        ),
        change(
            "shop.notifications.v1.NotificationService/MarkRead",
            "notificationsMarkRead",
            web,
            mutation(
                "notificationsMarkRead",
                "NotificationsMarkReadInput",
                "unreadCount notifications { id read }",
                &mark,
            ),
            "{ notifications { unreadCount } }",
        ),
        change(
            "shop.users.v1.UserService/UpdatePreferences",
            "preferencesUpdate",
            web,
            mutation(
                "preferencesUpdate",
                "PreferencesUpdateInput",
                "preferences { language newsletter notificationSound }",
                &prefer,
            ),
            "{ viewer { preferences { language newsletter notificationSound country } } }",
        ),
        change(
            "shop.reviews.v1.ReviewService/CreateReview",
            "reviewCreate",
            web,
            mutation("reviewCreate", "ReviewCreateInput", "review { id rating }", &review),
            "{ search(query: \"matcha whisk\") { nodes { rating { count } } } }",
        ),
        change(
            "shop.orders.v1.OrderService/PlaceOrder",
            "orderPlace",
            mobile,
            mutation("orderPlace", "OrderPlaceInput", "order { id state total lines }", &order),
            "{ orders { total } cart { count } }",
        ),
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
