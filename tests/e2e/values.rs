//! A service's value that a BFF does not know becomes null or an error, never another value.

use std::collections::{BTreeMap, BTreeSet};

use operation::schema::SchemaIndex;
use prost_reflect::{DynamicMessage, Kind as ProtoKind, ReflectMessage as _, Value as ProtoValue};
use serde_json::{Value, json};

use crate::support::{ADA, Answer, Kind, Operation, Shop, id_of, operations, product_id};

/// Returns true if a field's type is one of the named messages.
fn is_message(kind: &ProtoKind, names: &[&str]) -> bool {
    kind.as_message().is_some_and(|message| names.contains(&message.full_name()))
}

fn enums_say<const NUMBER: i32>(message: &mut DynamicMessage) {
    for field in message.descriptor().fields().collect::<Vec<_>>() {
        if matches!(field.kind(), ProtoKind::Enum(_)) {
            message.set_field(&field, ProtoValue::EnumNumber(NUMBER));
        }
    }
}

fn values_are_absent(message: &mut DynamicMessage) {
    let names = ["google.protobuf.Timestamp", "google.protobuf.Duration", "shop.common.v1.Money"];
    for field in message.descriptor().fields().collect::<Vec<_>>() {
        if is_message(&field.kind(), &names) {
            message.clear_field(&field);
        }
    }
}

fn time_is<const SECONDS: i64>(message: &mut DynamicMessage) {
    if message.descriptor().full_name() == "google.protobuf.Timestamp" {
        message.set_field_by_name("seconds", ProtoValue::I64(SECONDS));
    }
}

fn numbers_are_large(message: &mut DynamicMessage) {
    let exact = ["google.protobuf.Timestamp", "shop.common.v1.Money"];
    if exact.contains(&message.descriptor().full_name()) {
        return;
    }
    for field in message.descriptor().fields().collect::<Vec<_>>() {
        match field.kind() {
            // Lists of numbers are left alone: the received readings of a report match the request.
            ProtoKind::Int64 if !field.is_list() => message.set_field(&field, ProtoValue::I64(3_000_000_000)),
            ProtoKind::Uint64 if !field.is_list() => message.set_field(&field, ProtoValue::U64(u64::MAX)),
            ProtoKind::Uint32 if !field.is_list() => message.set_field(&field, ProtoValue::U32(u32::MAX)),
            _ => {}
        }
    }
}

/// Notes every leaf of an answer that differs from the truth in `other`, and every absent one in `missing`.
fn compare(path: &str, truth: &Value, told: &Value, other: &mut Vec<String>, missing: &mut Vec<String>) {
    match (truth, told) {
        (truth, told) if truth == told => {}
        (truth, Value::Null) => leaves(path, truth, missing),
        (Value::Object(truth), Value::Object(told)) => {
            for (name, truth) in truth {
                compare(&format!("{path}.{name}"), truth, &told[name], other, missing);
            }
        }
        // Readings that cannot be named are not acknowledged.
        (Value::Array(truth), Value::Array(told)) if told.is_empty() => {
            leaves(path, &Value::Array(truth.clone()), missing);
        }
        (Value::Array(truth), Value::Array(told)) if truth.len() == told.len() => {
            let items = truth.iter().zip(told);
            items.for_each(|(truth, told)| compare(path, truth, told, other, missing));
        }
        (truth, told) => other.push(format!("{path}: {told} in place of {truth}")),
    }
}

fn leaves(path: &str, value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| leaves(&format!("{path}.{name}"), value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| leaves(path, item, found)),
        Value::Null => {}
        _ => found.push(path.to_owned()),
    }
}

/// The type of the field at a path of an operation's answer, by the schema; `None` if the path uses another name.
fn type_at(schema_index: &SchemaIndex, operation: &Operation, path: &str) -> Option<String> {
    let root = if operation.is_mutation() { schema_index.mutation()? } else { schema_index.query() };
    let mut names = path.split('.').filter(|name| !name.is_empty());
    names.try_fold(root.to_owned(), |parent, name| {
        let possible = schema_index.possible(&parent).iter().find_map(|it| schema_index.field(it, name));
        possible.map(|field| field.type_name.clone())
    })
}

/// Runs every operation of every client while the services tell a lie, and asserts that each value is true or absent,
/// and that the answer reports each absence. Returns the types of the absent values.
async fn lie_to_all(lie: fn(&mut DynamicMessage)) -> BTreeMap<Kind, BTreeSet<String>> {
    let mut left_out: BTreeMap<Kind, BTreeSet<String>> = BTreeMap::new();
    let (shop, lies) = Shop::lied_to().await;
    for operation in operations() {
        let run = async |lie: Option<fn(&mut DynamicMessage)>| -> Answer {
            if operation.is_mutation() {
                // A mutation needs a fresh shop: it would change nothing a second time.
                let (shop, lies) = Shop::lied_to().await;
                lies.tell(lie);
                return operation.run(&shop, &operation.full).await;
            }
            lies.tell(lie);
            operation.run(&shop, &operation.full).await
        };
        let truth = run(None).await;
        assert!(truth.body.get("errors").is_none(), "{} {}", operation.name, truth.text);
        let told = run(Some(lie)).await;
        let (mut other, mut missing) = (Vec::new(), Vec::new());
        compare("", &truth.body["data"], &told.body["data"], &mut other, &mut missing);
        // The time of a change differs between two runs.
        let times = ["updatedAt: ", "placedAt: ", "createdAt: "];
        other.retain(|it| !operation.is_mutation() || !times.iter().any(|time| it.contains(time)));
        let shown = format!("{} {}: {}", operation.kind, operation.name, told.text);
        assert_eq!(other, Vec::<String>::new(), "{shown}");
        if !missing.is_empty() {
            let said = told.errors().len() + told.degraded().len();
            assert!(said > 0 || missing.iter().all(|it| it.contains(".acks")), "{missing:?} of {shown}");
        }
        let schema_index = operation.kind.schema_index();
        let types = missing.iter().filter_map(|path| type_at(&schema_index, &operation, path));
        left_out.entry(operation.kind).or_default().extend(types);
    }
    left_out
}

/// The enums of a client that carry a value of a service.
fn enums(kind: Kind) -> BTreeSet<String> {
    let schema_index = kind.schema_index();
    let fields = schema_index.types().into_values().flat_map(BTreeMap::values);
    let types = fields.map(|field| field.type_name.clone());
    types.filter(|name| schema_index.values(name).is_some() && name != "UserErrorCode").collect()
}

#[tokio::test]
async fn a_value_of_a_later_contract_is_told_as_nothing() {
    for lie in [enums_say::<99>, enums_say::<0>] {
        let left_out = lie_to_all(lie).await;
        for kind in [Kind::Mobile, Kind::Web, Kind::Iot] {
            let told = left_out.get(&kind).cloned().unwrap_or_default();
            assert!(enums(kind).is_subset(&told), "{kind}: {:?} of {told:?}", enums(kind));
        }
    }
}

#[tokio::test]
async fn a_value_that_a_service_leaves_out_is_told_as_nothing() {
    let left_out = lie_to_all(values_are_absent).await;
    for (kind, types) in [(Kind::Web, ["DateTime", "Decimal"]), (Kind::Mobile, ["Decimal", "String"])] {
        assert!(types.iter().all(|it| left_out[&kind].contains(*it)), "{kind}: {left_out:?}");
    }
}

#[tokio::test]
async fn a_time_that_no_calendar_has_is_told_as_nothing() {
    for lie in [time_is::<253_402_300_800>, time_is::<-62_135_596_801>, time_is::<{ i64::MIN }>] {
        let left_out = lie_to_all(lie).await;
        assert_eq!(left_out[&Kind::Web], BTreeSet::from(["DateTime".to_owned()]));
        assert_eq!(left_out[&Kind::Mobile], BTreeSet::from(["String".to_owned()]));
    }
}

#[tokio::test]
async fn a_number_that_is_no_int_is_told_as_nothing() {
    let left_out = lie_to_all(numbers_are_large).await;
    for kind in [Kind::Web, Kind::Iot] {
        assert!(left_out[&kind].contains("Int"), "{kind}: {left_out:?}");
    }
}

#[tokio::test]
async fn a_stock_past_an_int_fails_and_the_product_stands() {
    let shop = Shop::open().await;
    let query = format!(
        "{{ product(id: \"{}\") {{ name stock {{ available total warehouses {{ quantity }} }} }} }}",
        product_id("kettle-gooseneck-09")
    );
    for quantity in [3_000_000_000, i64::MAX] {
        shop.domain.set_stock("kettle-gooseneck-09", "lyon", quantity).await.unwrap();
        let answer = shop.web(&query).await;
        assert_eq!(answer.data("/product/name"), "Gooseneck Kettle 0.9 l");
        assert_eq!(answer.data("/product/stock"), &Value::Null, "{}", answer.text);
        let said = shop.web(&query.replace("total warehouses { quantity }", "")).await.whole();
        assert_eq!(said.data("/product/stock/available"), true, "{}", said.text);
    }
}

#[tokio::test]
async fn an_id_has_one_type_and_its_object_can_be_fetched_again() {
    let shop = Shop::open().await;
    let schema_index = Kind::Web.schema_index();
    let with_id: BTreeSet<_> = schema_index
        .types()
        .into_iter()
        .filter(|(_, fields)| fields.contains_key("id"))
        .map(|it| it.0)
        .collect();
    let nodes: BTreeSet<_> =
        schema_index.possible("Node").iter().map(String::as_str).chain(["Node"]).collect();
    assert_eq!(with_id, nodes, "types with an id, and nodes");

    let query = "{ viewer { __typename id paymentMethods { __typename id } } cart { __typename id }
        categories { __typename id } orders { nodes { __typename id } }
        notifications { nodes { __typename id } }
        products(first: 3) { nodes { __typename id reviews { nodes { __typename id } } } } }";
    let answer = shop.query(Kind::Web, query).await.whole();
    let mut found = BTreeMap::from([(id_of("User", "user-ada-lindqvist"), "User".to_owned())]);
    collect(&answer.body["data"], &mut found);
    let types: BTreeSet<_> = found.values().map(String::as_str).chain(["Node"]).collect();
    assert_eq!(types, nodes);
    for (id, type_name) in found {
        let query = format!("{{ node(id: \"{id}\") {{ __typename id }} }}");
        let node = shop.query(Kind::Web, &query).await.whole();
        assert_eq!(node.data("/node"), &json!({ "__typename": type_name, "id": id }));
        // An object of one user does not exist for another.
        let other =
            shop.post(shop.web, json!({ "query": query }), &[("x-user-id", "user-noor-haddad")]).await;
        let own = ["Cart", "Notification", "Order", "PaymentMethod", "Viewer"].contains(&type_name.as_str());
        assert_eq!(other.data("/node").is_null(), own, "{type_name}: {}", other.text);
    }
}

/// The ids of an answer with their types; each must have one.
fn collect(value: &Value, found: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(fields) => {
            if let Some(id) = fields.get("id").and_then(Value::as_str) {
                let type_name = fields["__typename"].as_str().unwrap().to_owned();
                let before = found.insert(id.to_owned(), type_name.clone());
                assert!(before.is_none_or(|before| before == type_name), "{id} has two types");
            }
            fields.values().for_each(|value| collect(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}

#[tokio::test]
async fn a_change_tells_of_the_same_cart() {
    let shop = Shop::open().await;
    for kind in [Kind::Mobile, Kind::Web] {
        let before = shop.query(kind, "{ cart { id } }").await.whole();
        let add = "mutation($input: CartAddInput!) { cartAdd(input: $input) { cart { id } } }";
        let input = json!({ "idempotencyKey": format!("key-of-{kind}"), "productId": product_id("kettle-gooseneck-09") });
        let body = json!({ "query": add, "variables": { "input": input } });
        let added = shop.post(shop.address(kind), body, &[ADA]).await.whole();
        assert_eq!(added.data("/cartAdd/cart/id"), before.data("/cart/id"));
    }
}

#[tokio::test]
async fn a_visitor_is_no_error_of_a_page() {
    let shop = Shop::open().await;
    let page = "{ viewer { id } cart { count } notifications { totalCount }
        dashboard { viewer { id } cart { count } notifications { totalCount } orders { totalCount } } }";
    let answer = shop.web(page).await.whole();
    let nobody = json!({ "viewer": null, "cart": null, "notifications": null,
        "dashboard": { "viewer": null, "cart": null, "notifications": null, "orders": null } });
    assert_eq!(answer.body["data"], nobody);
    assert_eq!(shop.calls(), "", "no service is called for a visitor");
    let phone = shop.mobile("{ cart { count } notifications { unreadCount } orders { total } }").await;
    let screens = ["cart", "notifications", "orders"].map(|screen| format!("{screen}: UNAUTHENTICATED"));
    assert_eq!(phone.errors(), screens);
}

#[tokio::test]
async fn a_page_of_nothing_tells_how_much_there_is() {
    let shop = Shop::open().await;
    let web = "{ products(first: 0) { totalCount nodes { id } edges { cursor } pageInfo { hasNextPage endCursor } }
        orders(first: 0) { totalCount nodes { id } } notifications(first: 0) { totalCount unreadCount nodes { id } }
        search(query: \"kettle\", first: 0) { totalCount nodes { id } } }";
    let answer = shop.query(Kind::Web, web).await.whole();
    let whole = shop.query(Kind::Web, &web.replace("first: 0", "first: 50")).await.whole();
    for list in ["products", "orders", "notifications", "search"] {
        assert_eq!(answer.data(&format!("/{list}/nodes")), &json!([]));
        let total = format!("/{list}/totalCount");
        assert_eq!(answer.data(&total), whole.data(&total));
        assert!(answer.data(&total).as_i64().unwrap() > 0);
    }
    let page_info = answer.data("/products/pageInfo");
    assert_eq!(page_info, &json!({ "hasNextPage": true, "endCursor": null }));
    // The empty page may also stand beside a page of the same list.
    let kettle = product_id("kettle-gooseneck-09");
    let both = format!(
        "{{ product(id: \"{kettle}\") {{ a: reviews(first: 0) {{ totalCount nodes {{ id }} }}
            b: reviews(first: 1) {{ totalCount nodes {{ id }} }} related(first: 0) {{ name }} }} }}"
    );
    let both = shop.query(Kind::Web, &both).await.whole();
    assert_eq!(both.data("/product/a/nodes"), &json!([]));
    assert_eq!(both.data("/product/a/totalCount"), both.data("/product/b/totalCount"));
    assert_eq!(both.data("/product/b/nodes").as_array().unwrap().len(), 1);
    assert_eq!(both.data("/product/related"), &json!([]));

    let phone =
        "{ products(first: 0) { total items { id } endCursor } orders(first: 0) { total items { id } }
        notifications(first: 0) { unreadCount items { id } } home { recommended(first: 0) { id } } }";
    let answer = shop.query(Kind::Mobile, phone).await.whole();
    for list in ["products/items", "orders/items", "notifications/items", "home/recommended"] {
        assert_eq!(answer.data(&format!("/{list}")), &json!([]));
    }
    assert_eq!(answer.data("/products/total"), 210);
}

#[tokio::test]
async fn mistakes_of_a_person_are_user_errors() {
    let shop = Shop::open().await;
    let kettle = product_id("kettle-gooseneck-09");
    let change = |field: &str, input: &str, selection: &str, variables: Value| {
        let query = format!(
            "mutation($input: {input}!) {{ {field}(input: $input) {{ {selection} userErrors {{ code field message }} }} }}"
        );
        json!({ "query": query, "variables": { "input": variables } })
    };
    let review = json!({ "idempotencyKey": "key-review-9", "productId": kettle, "rating": 9, "text": "" });
    let body = change("reviewCreate", "ReviewCreateInput", "review { id }", review);
    let answer = shop.post(shop.web, body, &[ADA]).await.whole();
    let errors = answer.data("/reviewCreate/userErrors").as_array().unwrap();
    let told: Vec<_> = errors.iter().map(|it| (it["code"].as_str().unwrap(), it["field"].clone())).collect();
    let invalid = |field: &str| ("INVALID", json!(["input", field]));
    assert_eq!(told, [invalid("rating"), invalid("text")]);
    assert_eq!(answer.data("/reviewCreate/review"), &Value::Null);

    for kind in [Kind::Mobile, Kind::Web] {
        let input = json!({ "idempotencyKey": "key-many-99", "productId": kettle, "quantity": 99 });
        let body = change("cartAdd", "CartAddInput", "cart { count }", input);
        let answer = shop.post(shop.address(kind), body, &[ADA]).await.whole();
        assert_eq!(
            answer.data("/cartAdd/userErrors/0/field"),
            &json!(["input", "quantity"]),
            "{}",
            answer.text
        );
        assert!(
            answer.data("/cartAdd/userErrors/0/message").as_str().unwrap().contains("20"),
            "{}",
            answer.text
        );
    }
}
