//! Every screen of every client on seeded data.

use serde_json::json;

use crate::support::{Kind, Shop, assert_snapshot, product_id};

const SCREENS: [(Kind, &str, &str); 7] = [
    (
        Kind::Mobile,
        "product",
        "query($id: ID!) { product(id: $id) {
            id name price { text amount currency was } thumbnail inStock rating
            reviews(first: 3) { author rating text when } } }",
    ),
    (
        Kind::Mobile,
        "products",
        "{ products(first: 5) { total items { id name price { text was } inStock rating } endCursor } }",
    ),
    (Kind::Mobile, "categories", "{ categories { id name } }"),
    (
        Kind::Web,
        "product",
        "query($id: ID!) { product(id: $id) {
            id name brand summary thumbnailUrl
            specifications { group name value } images { url alt width height }
            price { current { amount currency } list { amount } promotions { label percentOff endsAt } }
            stock { available total updatedAt warehouses { warehouse quantity } }
            rating { average count stars }
            reviews(first: 2) { totalCount edges { cursor node { id author rating text createdAt } }
              pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }
            related(first: 3) { id name price { current { amount } } } } }",
    ),
    (
        Kind::Web,
        "products",
        "{ products(first: 3) { totalCount pageInfo { hasNextPage hasPreviousPage endCursor }
            edges { cursor node { name rating { average count } stock { available } } } } }",
    ),
    (Kind::Web, "categories", "{ categories { id name productCount } }"),
    (Kind::Iot, "in_stock", "query($id: ID!) { inStock(product: $id) }"),
];

#[tokio::test]
async fn every_screen_answers_as_reviewed() {
    let shop = Shop::open().await;
    let variables = json!({ "id": product_id("kettle-gooseneck-09") });
    for (kind, name, query) in SCREENS {
        let to = match kind {
            Kind::Mobile => shop.mobile,
            Kind::Web => shop.web,
            Kind::Iot => shop.iot,
        };
        let answer = shop.post(to, json!({ "query": query, "variables": variables }), &[]).await.whole();
        assert_snapshot(&format!("screens/{kind}-{name}.json"), &answer.sorted());
    }
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
async fn what_does_not_exist_is_null_and_what_is_malformed_is_an_error() {
    let shop = Shop::open().await;
    let unknown = product_id("no-such-thing");
    for (kind, query) in [
        (Kind::Mobile, format!("{{ product(id: \"{unknown}\") {{ name }} }}")),
        (Kind::Web, format!("{{ product(id: \"{unknown}\") {{ name }} }}")),
        (Kind::Iot, format!("{{ inStock(product: \"{unknown}\") }}")),
    ] {
        let answer = shop.ask(kind, &query).await.whole();
        assert!(answer.body["data"].as_object().unwrap().values().all(serde_json::Value::is_null));
        let malformed = shop.ask(kind, &query.replace(&unknown, "lamp-7")).await;
        assert_eq!(malformed.errors().len(), 1);
        assert!(malformed.errors()[0].ends_with(": BAD_USER_INPUT"), "{}", malformed.text);
    }
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
