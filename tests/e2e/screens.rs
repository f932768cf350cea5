//! Every screen of every client on seeded data.

use crate::support::{Kind, Shop, assert_snapshot, product_id, screens};

#[tokio::test]
async fn every_screen_answers_as_reviewed() {
    let shop = Shop::open().await;
    for screen in screens() {
        let answer = shop.ask(screen.kind, &screen.query).await.whole();
        assert_snapshot(&format!("screens/{}-{}.json", screen.kind, screen.name), &answer.sorted());
    }
}

#[test]
fn every_root_field_is_on_a_screen() {
    for kind in Kind::ALL {
        let catalogue = kind.catalogue();
        let all: String = screens().into_iter().filter(|it| it.kind == kind).map(|it| it.query).collect();
        for field in catalogue.fields(catalogue.query()).unwrap().keys() {
            // These are tested with whatever has an id of its own.
            let by_id = ["node", "nodes", "order"].contains(&field.as_str());
            assert!(by_id || all.contains(&format!("{{ {field}")), "{kind}: {field} is on no screen");
        }
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
        (Kind::Web, format!("{{ node(id: \"{unknown}\") {{ id }} }}")),
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

#[tokio::test]
async fn prices_and_times_are_told_in_the_language_asked_for() {
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
