//! Every screen of every client on seeded data.

use std::collections::BTreeSet;

use async_graphql_parser::types::Selection;

use crate::support::{Kind, Shop, assert_snapshot, device_id, id_of, order_id, product_id, screens, sorted};

#[tokio::test]
async fn every_screen_answers_as_reviewed() {
    let shop = Shop::open().await;
    for screen in screens() {
        let answer = shop.query(screen.kind, &screen.query).await.whole();
        assert_snapshot(&format!("screens/{}-{}.json", screen.kind, screen.name), &sorted(&answer.body));
    }
}

#[test]
fn every_root_field_is_on_a_screen() {
    for kind in Kind::ALL {
        let schema_index = kind.schema_index();
        let of_kind = screens().into_iter().filter(|it| it.kind == kind);
        let on_screens: BTreeSet<_> = of_kind.flat_map(|screen| root_fields(&screen.query)).collect();
        let known: BTreeSet<_> = schema_index.fields(schema_index.query()).unwrap().keys().cloned().collect();
        assert_eq!(on_screens, known, "{kind}");
    }
}

/// Names of the root fields of a query.
fn root_fields(query: &str) -> Vec<String> {
    let document = async_graphql_parser::parse_query(query).unwrap();
    let (_, operation) = document.operations.iter().next().unwrap();
    let roots = operation.node.selection_set.node.items.iter();
    roots
        .map(|root| match &root.node {
            Selection::Field(field) => field.node.name.node.to_string(),
            other => panic!("{other:?} is no field"),
        })
        .collect()
}

#[tokio::test]
async fn a_page_of_a_category_holds_products_of_that_category() {
    let shop = Shop::open().await;
    let categories = shop.mobile("{ categories { id name } }").await.whole();
    let coffee = categories.data("/categories").as_array().unwrap();
    let coffee = coffee.iter().find(|it| it["name"] == "Coffee & Tea").unwrap()["id"].as_str().unwrap();
    let query =
        format!("{{ products(category: \"{coffee}\", first: 20) {{ total items {{ name }} endCursor }} }}");
    let answer = shop.mobile(&query).await.whole();
    assert_eq!(answer.data("/products/total"), 21);
    assert_eq!(answer.data("/products/items").as_array().unwrap().len(), 20);
}

#[tokio::test]
async fn an_unknown_id_is_null_and_a_malformed_one_is_an_error() {
    let shop = Shop::open().await;
    let product = product_id("no-such-thing");
    let [order, device] = [order_id("no-such-thing"), device_id("no-such-thing")];
    let category = id_of("Category", "no-such-thing");
    for (kind, unknown, query) in [
        (Kind::Mobile, &product, "{ product(id: \"ID\") { name } }"),
        (Kind::Mobile, &category, "{ products(category: \"ID\") { total } }"),
        (Kind::Web, &product, "{ product(id: \"ID\") { name } }"),
        (Kind::Web, &category, "{ products(category: \"ID\") { totalCount } }"),
        (Kind::Web, &order, "{ order(id: \"ID\") { state } }"),
        (Kind::Web, &product, "{ node(id: \"ID\") { id } }"),
        (Kind::Web, &order, "{ node(id: \"ID\") { id } }"),
        (Kind::Web, &id_of("User", "no-such-thing"), "{ node(id: \"ID\") { id } }"),
        (Kind::Iot, &product, "{ inStock(product: \"ID\") }"),
        (Kind::Iot, &device, "{ shelf(device: \"ID\") { label } }"),
        (Kind::Iot, &device, "{ device(id: \"ID\") { location } }"),
    ] {
        let query = query.replace("ID", unknown);
        let answer = shop.query(kind, &query).await.whole();
        let data = answer.body["data"].as_object().unwrap();
        assert!(data.values().all(serde_json::Value::is_null), "{query}: {}", answer.text);
        let unknown = unknown.as_str();
        let malformed = shop.query(kind, &query.replace(unknown, "lamp-7")).await;
        assert_eq!(malformed.errors().len(), 1);
        assert!(malformed.errors()[0].ends_with(": BAD_USER_INPUT"), "{}", malformed.text);
    }
    let known = product_id("kettle-gooseneck-09");
    let mixed = format!("{{ nodes(ids: [\"{product}\", \"{known}\", \"{order}\"]) {{ id }} }}");
    let mixed = shop.query(Kind::Web, &mixed).await.whole();
    assert_eq!(mixed.data("/nodes"), &serde_json::json!([null, { "id": known }, null]));
}

#[tokio::test]
async fn response_keys_come_in_the_order_of_the_selection() {
    let shop = Shop::open().await;
    let id = product_id("kettle-gooseneck-09");
    let query = format!(
        "{{ product(id: \"{id}\") {{ reviews(first: 1) {{ text author }} rating inStock a: name price {{ was text }} id }} }}"
    );
    let answer = shop.mobile(&query).await.whole();
    let mut at = 0;
    for key in ["reviews", "text", "author", "rating", "inStock", "a", "price", "was", "text", "id"] {
        let found = answer.text[at..].find(&format!("\"{key}\":"));
        at += found.unwrap_or_else(|| panic!("{key} is not next in {}", &answer.text[at..])) + 1;
    }
}

#[tokio::test]
async fn prices_and_times_are_in_the_requested_language() {
    let shop = Shop::open().await;
    let id = product_id("kettle-gooseneck-09");
    let body = serde_json::json!({ "query":
        format!("{{ product(id: \"{id}\") {{ price {{ text was }} reviews(first: 1) {{ when }} }} }}") });
    for (language, text, when) in [
        ("en-GB", "€63.19", " ago"),
        ("de-AT, en;q=0.5", "63,19\u{a0}€", "vor "),
        ("fr", "63,19\u{a0}€", "il y a "),
        ("ja", "€63.19", " ago"),
    ] {
        let answer = shop.post(shop.mobile, body.clone(), &[("accept-language", language)]).await.whole();
        assert_eq!(answer.data("/product/price/text"), text);
        assert!(answer.data("/product/reviews/0/when").as_str().unwrap().contains(when), "{}", answer.text);
    }
}
