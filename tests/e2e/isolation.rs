//! No principal sees or changes data of another, whichever id a request names.

mod interleaved;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{ADA, Kind, Shop, device_id, id_of, product_id};

const ZOE: (&str, &str) = ("x-user-id", "user-zoe-marchetti");

/// The device of Ada's shelf, and another one.
const SHELVES: [(&str, &str); 2] = [("x-device-id", "shelf-0002"), ("x-device-id", "shelf-0001")];

/// Arguments that take the id of a public object.
const PUBLIC: [(Kind, &str); 9] = [
    (Kind::Mobile, "CartAddInput.productId"),
    (Kind::Mobile, "Query.product(id:)"),
    (Kind::Mobile, "Query.products(category:)"),
    (Kind::Web, "CartAddInput.productId"),
    (Kind::Web, "Query.product(id:)"),
    (Kind::Web, "Query.products(category:)"),
    (Kind::Web, "ReviewCreateInput.productId"),
    (Kind::Iot, "Query.inStock(product:)"),
    (Kind::Web, "Query.node(id:)"),
];

/// An attempt to use an object of Ada's in the name of another principal.
struct Attempt {
    kind: Kind,
    /// The argument or input field that takes the id.
    coordinate: &'static str,
    body: Value,
    /// The place in the answer that shows that there is no such object, and its value.
    told: (&'static str, Value),
}

/// Every argument and input field of a schema that takes an id.
fn coordinates(kind: Kind) -> BTreeSet<String> {
    let schema_index = kind.schema_index();
    let is_id = |written: &str| written.trim_matches(['[', ']', '!']) == "ID";
    let mut found = BTreeSet::new();
    for (name, fields) in schema_index.types() {
        for (field, info) in fields {
            let ids = info.arguments.iter().filter(|(_, argument)| is_id(&argument.ty.to_string()));
            found.extend(ids.map(|(argument, _)| format!("{name}.{field}({argument}:)")));
            for argument in info.arguments.values() {
                let ty = argument.ty.to_string();
                let input = ty.trim_matches(['[', ']', '!']);
                let fields = schema_index.input(input).into_iter().flatten();
                let ids = fields.filter(|(_, field)| is_id(&field.ty.to_string()));
                found.extend(ids.map(|(field, _)| format!("{input}.{field}")));
            }
        }
    }
    found
}

fn query(text: &str) -> Value {
    json!({ "query": text })
}

/// A mutation with an idempotency key and these further inputs.
fn mutation(field: &str, input_type: &str, mut input: Value) -> Value {
    input["idempotencyKey"] = json!("key-of-another");
    let text =
        format!("mutation($input: {input_type}!) {{ {field}(input: $input) {{ userErrors {{ code }} }} }}");
    json!({ "query": text, "variables": { "input": input } })
}

/// Attempts to reach Ada's objects, for Zoe to make.
async fn attempts(shop: &Shop) -> Vec<Attempt> {
    let hers = "{ orders { nodes { id } } notifications { nodes { id } } viewer { paymentMethods { id } } }";
    let hers = shop.query(Kind::Web, hers).await.whole();
    let [order, notification] = ["/orders/nodes/0/id", "/notifications/nodes/0/id"].map(|at| hers.data(at));
    let method = hers.data("/viewer/paymentMethods/0/id");
    let kettle = product_id("kettle-gooseneck-09");
    let device = device_id("shelf-0002");
    let reading = json!({ "seq": 1, "at": 1_780_315_000, "weightG": 900, "tempMc": 21_000, "battery": 80 });
    let mut attempts = Vec::new();
    let mut attempt = |kind, coordinate, body, at, value| {
        attempts.push(Attempt { kind, coordinate, body, told: (at, value) });
    };
    for kind in [Kind::Mobile, Kind::Web] {
        let pay = json!({ "paymentMethodId": method, "shippingOption": "standard", "country": "FR" });
        let place = mutation("orderPlace", "OrderPlaceInput", pay);
        let code = json!("PAYMENT_METHOD_NOT_FOUND");
        attempt(kind, "OrderPlaceInput.paymentMethodId", place, "/orderPlace/userErrors/0/code", code);
        // The products in Ada's cart are not in Zoe's.
        let set = json!({ "productId": kettle, "quantity": 7 });
        let set = mutation("cartSetQuantity", "CartSetQuantityInput", set);
        attempt(
            kind,
            "CartSetQuantityInput.productId",
            set,
            "/cartSetQuantity/userErrors/0/code",
            json!("NOT_FOUND"),
        );
        let remove = mutation("cartRemove", "CartRemoveInput", json!({ "productId": kettle }));
        attempt(kind, "CartRemoveInput.productId", remove, "/cartRemove/userErrors", json!([]));
    }
    let not_found = json!("NOT_FOUND");
    let read = json!({ "notificationId": notification });
    let read = mutation("notificationRead", "NotificationReadInput", read);
    let at = "/notificationRead/userErrors/0/code";
    attempt(Kind::Mobile, "NotificationReadInput.notificationId", read, at, not_found.clone());
    let mark = json!({ "notificationIds": [notification] });
    let mark = mutation("notificationsMarkRead", "NotificationsMarkReadInput", mark);
    let at = "/notificationsMarkRead/userErrors/0/code";
    attempt(Kind::Web, "NotificationsMarkReadInput.notificationIds", mark, at, not_found);
    let by_id = query(&format!("{{ order(id: {order}) {{ id }} }}"));
    attempt(Kind::Web, "Query.order(id:)", by_id, "/order", Value::Null);
    let node = query(&format!("{{ node(id: {order}) {{ id }} }}"));
    attempt(Kind::Web, "Query.node(id:)", node, "/node", Value::Null);
    let nodes = query(&format!("{{ nodes(ids: [{order}]) {{ id }} }}"));
    attempt(Kind::Web, "Query.nodes(ids:)", nodes, "/nodes", json!([null]));
    let shelf = query(&format!("{{ shelf(device: \"{device}\") {{ label }} }}"));
    attempt(Kind::Iot, "Query.shelf(device:)", shelf, "/shelf", Value::Null);
    let own = query(&format!("{{ device(id: \"{device}\") {{ location }} }}"));
    attempt(Kind::Iot, "Query.device(id:)", own, "/device", Value::Null);
    let report = json!({
        "query": "mutation($input: ReportInput!) { report(input: $input) { acks { seq } } }",
        "variables": { "input": { "device": device, "readings": [reading] } },
    });
    attempt(Kind::Iot, "ReportInput.device", report, "/report", Value::Null);
    attempts
}

/// All data that Ada and her device can see of their own.
async fn all_of_adas(shop: &Shop) -> Value {
    let web = "{ cart { count items { quantity product { id } } } orders { totalCount nodes { id state } }
        notifications { unreadCount nodes { id read } } }";
    let web = shop.query(Kind::Web, web).await.whole().body;
    let device = format!("{{ device(id: \"{}\") {{ location readings }} }}", device_id("shelf-0002"));
    let device = shop.post(shop.iot, query(&device), &[SHELVES[0]]).await.whole().body;
    json!([web, device])
}

#[test]
fn every_place_that_takes_an_id_is_tried() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let attempts = runtime.block_on(async { attempts(&Shop::open().await).await });
    for kind in Kind::ALL {
        let public = PUBLIC.iter().filter(|(of, _)| *of == kind).map(|(_, at)| *at);
        let tried = attempts.iter().filter(|attempt| attempt.kind == kind).map(|attempt| attempt.coordinate);
        let known: BTreeSet<_> = public.chain(tried).map(str::to_owned).collect();
        assert_eq!(coordinates(kind), known, "{kind}");
    }
}

#[tokio::test]
async fn an_object_of_somebody_else_cannot_be_reached_by_its_id() {
    let shop = Shop::open().await;
    let kettle = product_id("kettle-gooseneck-09");
    let add = json!({ "productId": kettle, "quantity": 2 });
    shop.query_with(Kind::Web, mutation("cartAdd", "CartAddInput", add)).await.whole();
    let attempts = attempts(&shop).await;
    let before = all_of_adas(&shop).await;
    // Zoe's cart is not empty, so that her order fails for no other reason.
    let own = mutation("cartAdd", "CartAddInput", json!({ "productId": product_id("tent-ridge-2") }));
    shop.post(shop.web, own, &[ZOE]).await.whole();
    for Attempt { kind, coordinate, body, told: (at, told) } in attempts {
        let other = if kind == Kind::Iot { SHELVES[1] } else { ZOE };
        let answer = shop.post(shop.address(kind), body, &[other]).await.whole();
        assert_eq!(answer.data(at), &told, "{kind} {coordinate}: {}", answer.text);
        assert_eq!(all_of_adas(&shop).await, before, "{kind} {coordinate}");
    }
    let shown = all_of_adas(&shop).await;
    assert!(shown[0]["data"]["cart"]["items"].to_string().contains(&kettle), "{shown}");
}

#[tokio::test]
async fn an_object_of_ones_own_is_reached_by_its_id() {
    let shop = Shop::open().await;
    let kettle = product_id("kettle-gooseneck-09");
    for (index, Attempt { kind, coordinate, body, told: (at, told) }) in
        attempts(&shop).await.into_iter().enumerate()
    {
        let own = if kind == Kind::Iot { SHELVES[0] } else { ADA };
        // An earlier attempt may have emptied the cart.
        let add = json!({ "productId": kettle });
        let mut add = mutation("cartAdd", "CartAddInput", add);
        add["variables"]["input"]["idempotencyKey"] = json!(format!("key-own-cart-{index}"));
        shop.post(shop.web, add, &[ADA]).await.whole();
        let answer = shop.post(shop.address(kind), body, &[own]).await.whole();
        // An empty list of errors is the same for both.
        let reached = answer.body["data"].pointer(at) != Some(&told) || told == json!([]);
        assert!(reached, "{kind} {coordinate}: {}", answer.text);
    }
}

#[tokio::test]
async fn data_of_one_principal_is_never_answered_to_another() {
    let shop = Shop::open().await;
    let kettle = product_id("kettle-gooseneck-09");
    let add = mutation("cartAdd", "CartAddInput", json!({ "productId": kettle }));
    shop.post(shop.mobile, add, &[ADA]).await.whole();
    for (to, field, private) in [
        (shop.mobile, "home", "name cartCount unreadCount"),
        (shop.mobile, "cart", "count total lines { quantity product { id } } paymentMethods { id }"),
        (shop.mobile, "orders", "items { id }"),
        (shop.mobile, "notifications", "items { id }"),
        (shop.web, "viewer", "id email paymentMethods { id }"),
        (shop.web, "cart", "count items { product { id } }"),
        (shop.web, "orders", "nodes { id }"),
        (shop.web, "notifications", "nodes { id }"),
        (
            shop.web,
            "dashboard",
            "viewer { id email } cart { items { product { id } } } orders { nodes { id } }
             notifications { nodes { id } }",
        ),
    ] {
        let body = query(&format!("{{ {field} {{ {private} }} }}"));
        let hers = shop.post(to, body.clone(), &[ADA]).await.whole();
        let others = shop.post(to, body.clone(), &[ZOE]).await.whole();
        assert_ne!(hers.body["data"], others.body["data"], "{field}: nothing in it tells them apart");
        for id in ids(&hers.body) {
            assert!(!others.text.contains(&id), "{field}: {id} is answered to both");
        }
        let nobodys = shop.post(to, body, &[]).await;
        let nothing = &nobodys.body["data"][field];
        let is_empty = nothing.is_null() || ids(nothing).is_empty();
        assert!(is_empty && !nobodys.text.contains("ada"), "{field}: {}", nobodys.text);
    }
}

/// Every `id` and `email` of an answer.
fn ids(answer: &Value) -> Vec<String> {
    match answer {
        Value::Array(items) => items.iter().flat_map(ids).collect(),
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(key, value)| match value {
                Value::String(id) if key == "id" || key == "email" => vec![id.clone()],
                value => ids(value),
            })
            .collect(),
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn others_learn_the_name_and_the_avatar_of_a_user_alone() {
    let shop = Shop::open().await;
    let ada = id_of("User", "user-ada-lindqvist");
    let all = shop
        .post(shop.web, query(&format!("{{ node(id: \"{ada}\") {{ id ... on User {{ name }} }} }}")), &[ZOE])
        .await;
    assert_eq!(all.whole().data("/node/name"), "Ada L.");
    let schema_index = Kind::Web.schema_index();
    let fields: Vec<_> = schema_index.fields("User").unwrap().keys().map(String::as_str).collect();
    assert_eq!(fields, ["avatarUrl", "id", "name"]);
}

#[tokio::test]
async fn a_cursor_of_somebody_elses_list_leads_to_nothing_of_theirs() {
    let shop = Shop::open().await;
    let mobile = "items { id }";
    let web = "nodes { id } pageInfo { endCursor }";
    for (kind, list, selection, items, cursor) in [
        (Kind::Mobile, "orders", format!("{mobile} endCursor"), "items", "/endCursor"),
        (Kind::Mobile, "notifications", format!("{mobile} endCursor"), "items", "/endCursor"),
        (Kind::Web, "orders", web.to_owned(), "nodes", "/pageInfo/endCursor"),
        (Kind::Web, "notifications", web.to_owned(), "nodes", "/pageInfo/endCursor"),
    ] {
        let page = |after: &str| query(&format!("{{ {list}(first: 2{after}) {{ {selection} }} }}"));
        let ids = |answer: &Value| -> BTreeSet<String> {
            let items = answer[items].as_array().into_iter().flatten();
            items.map(|item| item["id"].as_str().unwrap().to_owned()).collect()
        };
        let first = shop.query_with(kind, page("")).await.whole().data(&format!("/{list}")).clone();
        let after = first.pointer(cursor).unwrap().as_str().unwrap();
        let all = query(&format!("{{ {list}(first: 20) {{ {selection} }} }}"));
        let all = shop.query_with(kind, all).await.whole();
        let hers = ids(all.data(&format!("/{list}")));
        assert!(hers.len() > 2, "{kind} {list}: there is more behind the cursor");
        let answer = shop.post(shop.address(kind), page(&format!(", after: \"{after}\"")), &[ZOE]).await;
        let seen = ids(&answer.body["data"][list]);
        assert!(seen.is_disjoint(&hers), "{kind} {list}: {}", answer.text);
    }
}
