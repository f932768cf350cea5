//! Semantics of documents for which async-graphql alone would give another answer. `tests/language` compares far more
//! of them with graphql-js.

use serde_json::{Value, json};

use crate::support::{Kind, Shop};

const KETTLE: &str = "UHJvZHVjdDprZXR0bGUtZ29vc2VuZWNrLTA5";
const MOKA: &str = "UHJvZHVjdDptb2thLXBvdC02";

#[tokio::test]
async fn one_object_is_never_made_of_two() {
    let shop = Shop::open().await;
    for (one, other) in [
        (format!("product(id: \"{KETTLE}\") {{ name }}"), format!("product(id: \"{MOKA}\") {{ id }}")),
        (
            "products(first: 2) { nodes { name } }".to_owned(),
            "products(first: 3) { nodes { id } }".to_owned(),
        ),
        ("viewer { x: id }".to_owned(), "viewer { x: name }".to_owned()),
    ] {
        for query in [
            format!("{{ {one} ... on Query @include(if: true) {{ {other} }} }}"),
            format!("{{ {one} ...F @skip(if: false) }} fragment F on Query {{ {other} }}"),
        ] {
            let answer = shop.web(&query).await;
            answer.rejected(400);
            assert_eq!(answer.errors(), [": GRAPHQL_VALIDATION_FAILED"], "{}", answer.text);
        }
    }
}

#[tokio::test]
async fn a_fragment_that_an_object_can_never_be_adds_nothing_to_what_is_read_of_it() {
    let shop = Shop::open().await;
    let query = "{ search(first: 1, query: \"steel\") { nodes { ...F } } }
        fragment F on Node { ... on User { avatarUrl } }";
    let answer = shop.web(query).await.whole();
    assert_eq!(answer.data("/search/nodes"), &json!([{}]));
}

#[tokio::test]
async fn a_field_that_is_selected_twice_fails_once_and_stands_where_it_comes_first() {
    let shop = Shop::open().await;
    let query = "query ($v: Boolean!) {
        device(id: \"nope\") @include(if: $v) { id } kind: __typename device(id: \"nope\") { readings }
    }";
    for (v, keys) in
        [(true, "{\"device\":null,\"kind\":\"Query\"}"), (false, "{\"kind\":\"Query\",\"device\":null}")]
    {
        let answer = shop.query_with(Kind::Iot, json!({ "query": query, "variables": { "v": v } })).await;
        assert_eq!(answer.errors(), ["device: BAD_USER_INPUT"], "{}", answer.text);
        assert!(answer.text.starts_with(&format!("{{\"data\":{keys}")), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_null_where_none_may_be_fails_its_field_alone() {
    let shop = Shop::open().await;
    let send = async |kind, query: &str| {
        shop.query_with(kind, json!({ "query": query, "variables": { "v": null } })).await
    };
    let answer = send(Kind::Web, "query ($v: Int) { __typename products(first: $v) { totalCount } }").await;
    assert_eq!(answer.data(""), &json!({ "__typename": "Query", "products": null }));
    assert_eq!(answer.errors(), ["products: BAD_USER_INPUT"]);
    assert_eq!(
        answer.body["errors"][0]["locations"],
        json!([{ "line": 1, "column": 46 }]),
        "{}",
        answer.text
    );
    // The object also fails next to fields that are fetched by the principal alone, and the error says why.
    let query =
        "query ($v: Boolean = true) { notifications { sound items { id @skip(if: $v) } } orders { total } }";
    let answer = send(Kind::Mobile, query).await;
    assert_eq!(answer.data("/notifications"), &Value::Null);
    assert!(answer.data("/orders/total").is_number(), "{}", answer.text);
    assert_eq!(answer.errors(), ["notifications.items.0: BAD_USER_INPUT"]);
    let calls = shop.domain.calls().list();
    assert!(
        calls.iter().all(|call| !call.rpc.contains("ListProducts")),
        "a field that fails calls no service: {calls:?}"
    );
}

#[tokio::test]
async fn many_errors_are_ten_and_a_number() {
    let shop = Shop::open().await;
    let fields: Vec<_> = (0..15).map(|at| format!("a{at}: reviews(first: -1) {{ totalCount }}")).collect();
    let answer = shop.web(&format!("{{ products(first: 50) {{ nodes {{ {} }} }} }}", fields.join(" "))).await;
    assert_eq!(answer.data("/products/nodes").as_array().unwrap().len(), 50);
    assert_eq!(answer.errors().len(), 10);
    assert_eq!(answer.body["extensions"]["omittedErrors"], 740);
    let answer = shop.web(&format!("{{ viewer {{ {} }} }}", "nothing ".repeat(30))).await;
    answer.rejected(400);
    assert_eq!((answer.errors().len(), &answer.body["extensions"]["omittedErrors"]), (10, &json!(20)));
}
