//! Every mutation of each client, and its repetition under the same idempotency key, which changes nothing more.

mod named;
mod replayed;

use std::net::SocketAddr;
use std::time::Duration;

use bff_kit::host::config::Config;
use proto::admin::{Call, CallEnd, Fault};
use serde_json::{Value, json};

use crate::support::{ADA, Answer, Kind, Shop, product_id};

/// Upper bound on the wait for events that should happen at once.
const PATIENCE: Duration = Duration::from_secs(20);

/// A mutation of a client, as it is sent.
struct Change {
    /// The RPC of the mutation.
    rpc: &'static str,
    field: &'static str,
    kind: Kind,
    to: SocketAddr,
    body: Value,
    /// A query whose answer shows whether the change was made, and how often.
    state: &'static str,
}

fn mutation(field: &str, input_type: &str, selection: &str, input: &Value) -> Value {
    let query = format!(
        "mutation($input: {input_type}!) {{ {field}(input: $input) {{ {selection} userErrors {{ field message code }} }} }}"
    );
    json!({ "query": query, "variables": { "input": input } })
}

async fn send(shop: &Shop, change: &Change) -> Answer {
    shop.post(change.to, change.body.clone(), &[ADA, VISITOR]).await
}

async fn state(shop: &Shop, change: &Change) -> Value {
    shop.post(change.to, json!({ "query": change.state }), &[ADA]).await.whole().body
}

/// The visitor that Ada was before she signed in.
const VISITOR: (&str, &str) = ("x-visitor-id", "visitor-1");

/// A mutation that adds a product to the cart of the principal.
fn add(key: &str, product: &str, quantity: i32) -> Value {
    let input = json!({ "idempotencyKey": key, "productId": product, "quantity": quantity });
    mutation("cartAdd", "CartAddInput", "cart { count }", &input)
}

/// Each mutation of the phone app and of the web shop. Any of them may run first: there is a kettle in the cart, and in that
/// of the visitor.
async fn changes(shop: &Shop) -> Vec<Change> {
    let kettle = add("key-beforehand", &product_id("kettle-gooseneck-09"), 1);
    shop.post(shop.mobile, kettle.clone(), &[ADA]).await.whole();
    shop.post(shop.web, kettle, &[VISITOR]).await.whole();
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
    let change = |rpc, field: &'static str, kind, quantity: Option<i32>| {
        let key = format!("key-{kind}-{field}");
        let mut input = json!({ "idempotencyKey": key, "productId": product });
        if let Some(quantity) = quantity {
            input["quantity"] = json!(quantity);
        }
        let input_type = format!("C{}Input", &field[1..]);
        let body = mutation(field, &input_type, "cart { count }", &input);
        Change { rpc, field, kind, to: shop.address(kind), body, state: "{ cart { count } }" }
    };
    let of_client = |kind| {
        [
            change("shop.carts.v1.CartService/AddItem", "cartAdd", kind, Some(2)),
            change("shop.carts.v1.CartService/SetQuantity", "cartSetQuantity", kind, Some(5)),
            change("shop.carts.v1.CartService/RemoveItem", "cartRemove", kind, None),
        ]
    };
    let adopt =
        mutation("cartAdopt", "CartAdoptInput", "cart { count }", &json!({ "idempotencyKey": "key-adopt" }));
    let adopt = Change {
        rpc: "shop.carts.v1.CartService/AdoptCart",
        field: "cartAdopt",
        kind: Kind::Web,
        to: shop.web,
        body: adopt,
        state: "{ cart { count } }",
    };
    [of_client(Kind::Mobile), of_client(Kind::Web)].into_iter().flatten().chain([adopt]).collect()
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
        Change { rpc, field: "notificationRead", kind: Kind::Mobile, to: shop.mobile, body: read, state },
        Change { rpc, field: "notificationsMarkRead", kind: Kind::Web, to: shop.web, body: mark, state },
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
    let order = |kind: Kind, state| {
        let input = json!({ "idempotencyKey": "key-order", "paymentMethodId": method,
            "shippingOption": "standard", "country": "FR" });
        let body = mutation("orderPlace", "OrderPlaceInput", "order { id state }", &input);
        let rpc = "shop.orders.v1.OrderService/PlaceOrder";
        Change { rpc, field: "orderPlace", kind, to: shop.address(kind), body, state }
    };
    vec![
        Change {
            rpc: "shop.users.v1.UserService/UpdatePreferences",
            field: "preferencesUpdate",
            kind: Kind::Web,
            to: shop.web,
            body: prefer,
            state: "{ viewer { preferences { language newsletter notificationSound country } } }",
        },
        Change {
            rpc: "shop.reviews.v1.ReviewService/CreateReview",
            field: "reviewCreate",
            kind: Kind::Web,
            to: shop.web,
            body: review,
            state: "{ search(query: \"matcha whisk\") { nodes { rating { count } } } }",
        },
        order(Kind::Mobile, "{ orders { total } cart { count } }"),
        order(Kind::Web, "{ orders { totalCount } cart { count } }"),
    ]
}

#[track_caller]
fn made(change: &Change, answer: &Answer) {
    assert!(answer.body.get("errors").is_none(), "{}: {}", change.field, answer.text);
    assert_eq!(answer.data(&format!("/{}/userErrors", change.field)), &json!([]), "{}", answer.text);
}

#[tokio::test]
async fn every_change_is_among_those_that_are_repeated() {
    let changes = changes(&Shop::open().await).await;
    for kind in [Kind::Mobile, Kind::Web] {
        let schema_index = kind.schema_index();
        let all = schema_index.fields(schema_index.mutation().unwrap()).unwrap();
        for field in all.keys() {
            let tried = changes.iter().any(|change| change.kind == kind && change.field == field);
            assert!(tried, "{kind}: {field}");
        }
    }
}

#[tokio::test]
async fn whatever_fails_on_the_way_a_change_repeated_under_its_key_is_made_once() {
    let count = changes(&Shop::open().await).await.len();
    for index in 0..count {
        let shop = Shop::open().await;
        let change = changes(&shop).await.remove(index);
        let before = state(&shop, &change).await;
        // The service fails before it does any work: the state is unchanged.
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

        // The phone sends the change again, twice at the same time, and once more later.
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
async fn a_change_whose_answer_was_lost_is_not_made_again() {
    let count = changes(&Shop::open().await).await.len();
    // The service does its work, and then returns UNAVAILABLE or no response.
    let lost = [Fault { error_code: 14, ..Fault::default() }, Fault { black_hole: true, ..Fault::default() }];
    for (index, lost) in (0..count).flat_map(|index| lost.iter().map(move |lost| (index, lost))) {
        let short = |config: &mut Config| config.server.deadline_ms = Some(400);
        let shop = Shop::with(short).await;
        let change = changes(&shop).await.remove(index);
        let before = state(&shop, &change).await;
        shop.fail(Fault { rpc: change.rpc.to_owned(), after_work: true, ..lost.clone() });
        let answer = send(&shop, &change).await;
        let code = if lost.black_hole { "UPSTREAM_TIMEOUT" } else { "UPSTREAM_UNAVAILABLE" };
        assert_eq!(answer.errors(), [format!("{}: {code}", change.field)]);
        let after = state(&shop, &change).await;
        assert_ne!(after, before, "{}: the work was done", change.field);
        shop.domain.faults().clear();
        made(&change, &send(&shop, &change).await);
        assert_eq!(state(&shop, &change).await, after, "{}", change.field);
    }
}

#[tokio::test]
async fn a_repeated_addition_gets_the_same_answer_when_nothing_is_left_by_then() {
    let shop = Shop::open().await;
    let product = "tent-ridge-2";
    let body = add("key-the-last-one", &product_id(product), 1);
    let first = shop.post(shop.mobile, body.clone(), &[ADA]).await.whole();
    assert_eq!(first.data("/cartAdd/userErrors"), &json!([]));
    shop.sell_out(product).await;
    let none = add("key-another", &product_id(product), 1);
    let declined = shop.post(shop.mobile, none, &[ADA]).await.whole();
    assert_eq!(declined.data("/cartAdd/userErrors/0/code"), "OUT_OF_STOCK");
    assert_eq!(declined.data("/cartAdd/userErrors/0/message"), "There is none left.");
    let again = shop.post(shop.mobile, body, &[ADA]).await.whole();
    assert_eq!(again.body, first.body);
}

#[tokio::test]
async fn an_input_that_the_shop_declines_is_a_user_error_and_a_malformed_id_is_an_error() {
    let shop = Shop::open().await;
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
        for (body, field) in
            [(add("key-too-many", &kettle, 21), "quantity"), (add("short", &kettle, 1), "idempotencyKey")]
        {
            let answer = shop.post(to, body, &[ADA]).await.whole();
            let error = answer.data("/cartAdd/userErrors/0");
            assert_eq!((&error["code"], &error["field"]), (&json!("INVALID"), &json!(["input", field])));
        }
        let malformed = shop.post(to, add("key-malformed", "kettle", 1), &[ADA]).await;
        assert_eq!(malformed.errors(), ["cartAdd: BAD_USER_INPUT"], "{}", malformed.text);
        let nobody = shop.post(to, add("key-of-nobody", &kettle, 1), &[]).await;
        assert_eq!(nobody.errors(), ["cartAdd: UNAUTHENTICATED"]);
    }
}

#[tokio::test]
async fn a_key_that_was_used_for_something_else_is_declined() {
    let count = changes(&Shop::open().await).await.len();
    for index in 0..count {
        let shop = Shop::open().await;
        let all = changes(&shop).await;
        let notifications = all.iter().find_map(|it| it.body.pointer("/variables/input/notificationIds"));
        let notification = notifications.unwrap()[0].clone();
        let mut change = all.into_iter().nth(index).unwrap();
        let input = change.body.pointer("/variables/input").unwrap().clone();
        let field = change.field;
        made(&change, &send(&shop, &change).await);
        let after = state(&shop, &change).await;
        let another = [
            ("quantity", json!(7)),
            ("country", json!("DE")),
            ("text", json!("Better.")),
            ("language", json!("it")),
            ("notificationId", notification.clone()),
            ("notificationIds", json!([])),
            ("productId", json!(product_id("desk-lamp-arm-brass"))),
        ]
        .into_iter()
        .find(|(name, _)| input.get(name).is_some());
        let Some((other, value)) = another else {
            assert_eq!(field, "cartAdopt", "the one whose key is all of its input");
            continue;
        };
        change.body["variables"]["input"][other] = value;
        let answer = send(&shop, &change).await.whole();
        let error = answer.data(&format!("/{field}/userErrors/0"));
        assert_eq!(error["code"], "IDEMPOTENCY_KEY_REUSED", "{field} with another {other}: {}", answer.text);
        assert_eq!(error["field"], json!(["input", "idempotencyKey"]), "{field}");
        assert_eq!(state(&shop, &change).await, after, "{field}");
    }
}

/// The RPC that records additions to the cart.
const RECORD: &str = "shop.analytics.v1.AnalyticsService/RecordEvents";

#[tokio::test]
async fn an_addition_is_recorded_once_for_each_customer_and_a_declined_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.db");
    let shop = Shop::over(Some(file.clone()), |_| {}).await;
    let noted = || {
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
        let db = rusqlite::Connection::open_with_flags(&file, flags).unwrap();
        let mut rows = db.prepare("SELECT subject, id FROM events ORDER BY subject, id").unwrap();
        let rows = rows.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)));
        rows.unwrap().map(Result::unwrap).collect::<Vec<_>>()
    };
    let before = noted();
    let kettle = product_id("kettle-gooseneck-09");
    let declined = add("key-declined", &product_id("matcha-whisk-set"), 1);
    let declined = shop.post(shop.mobile, declined, &[ADA]).await.whole();
    assert_eq!(declined.data("/cartAdd/userErrors/0/code"), "OUT_OF_STOCK");
    let zoe = ("x-user-id", "user-zoe-marchetti");
    // One customer sends the key twice, the other once.
    for (user, recorded) in [(ADA, 1), (ADA, 1), (zoe, 2)] {
        shop.post(shop.mobile, add("key-noted", &kettle, 1), &[user]).await.whole();
        let ended = |calls: &[Call]| {
            let all = calls.iter().filter(|call| call.rpc == RECORD && call.end() == CallEnd::Answered);
            all.count() == recorded
        };
        tokio::time::timeout(PATIENCE, shop.domain.calls().wait_until(ended)).await.unwrap();
    }
    let new: Vec<_> = noted().into_iter().filter(|event| !before.contains(event)).collect();
    let expected = [ADA, zoe].map(|(_, user)| (user.to_owned(), "key-noted".to_owned()));
    assert_eq!(new, expected);
}

#[tokio::test]
async fn adding_to_the_cart_is_recorded_for_statistics_without_waiting() {
    let shop = Shop::open().await;
    shop.fail(Fault { rpc: RECORD.to_owned(), black_hole: true, ..Fault::default() });
    let input = json!({ "idempotencyKey": "key-noted-1", "productId": product_id("kettle-gooseneck-09") });
    let body = mutation("cartAdd", "CartAddInput", "cart { count }", &input);
    let sent = shop.post(shop.mobile, body, &[ADA]);
    tokio::time::timeout(PATIENCE, sent).await.unwrap().whole();
    let noted = shop.domain.calls().wait_until(|calls: &[Call]| calls.iter().any(|call| call.rpc == RECORD));
    tokio::time::timeout(PATIENCE, noted).await.unwrap();
}
