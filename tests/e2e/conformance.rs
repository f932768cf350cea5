//! Null propagation and the order of keys follow the GraphQL specification (October 2021, §6.4.4).
//!
//! async-graphql 7.0.19 keeps these rules for `Option<Result<T>>`; later releases of version 7 do not.

mod schema;

use bff_kit::AnyClient;
use serde_json::{Value, json};

use schema::Query;

use crate::support::{Pipe, Plain};

#[tokio::test]
async fn a_failed_field_is_null_or_takes_the_nearest_nullable_field_around_it() {
    let pipe = Pipe::open(AnyClient::of::<Plain<Query>>());
    let items = |one: Value| json!([{ "id": 0, "nullable": 0 }, one, { "id": 2, "nullable": 2 }]);
    let cases = [
        ("{ fine nullable }", json!({ "fine": 1, "nullable": null }), "nullable"),
        ("{ fine required }", Value::Null, "required"),
        (
            "{ fine item { id nullable } }",
            json!({ "fine": 1, "item": { "id": 1, "nullable": null } }),
            "item.nullable",
        ),
        ("{ fine item { id required } }", Value::Null, "item.required"),
        (
            "{ fine nullableItem { id nullable } }",
            json!({ "fine": 1, "nullableItem": { "id": 1, "nullable": null } }),
            "nullableItem.nullable",
        ),
        (
            "{ fine nullableItem { id required } }",
            json!({ "fine": 1, "nullableItem": null }),
            "nullableItem.required",
        ),
        (
            "{ fine items { id nullable } }",
            json!({ "fine": 1, "items": items(json!({ "id": 1, "nullable": null })) }),
            "items.1.nullable",
        ),
        ("{ fine items { id required } }", Value::Null, "items.1.required"),
        (
            "{ fine nullableItems { id nullable } }",
            json!({ "fine": 1, "nullableItems": items(json!({ "id": 1, "nullable": null })) }),
            "nullableItems.1.nullable",
        ),
        (
            "{ fine nullableItems { id nullable: required } }",
            json!({ "fine": 1, "nullableItems": items(Value::Null) }),
            "nullableItems.1.nullable",
        ),
        ("{ fine nested { required } }", json!({ "fine": 1, "nested": null }), "nested.1.1.required"),
        (
            "{ fine nullableItem { ...Part } } fragment Part on Item { id ... on Item { child { required } } }",
            json!({ "fine": 1, "nullableItem": null }),
            "nullableItem.child.required",
        ),
        (
            "{ fine ...Root } fragment Root on Query { nullableItem { nullable id } }",
            json!({ "fine": 1, "nullableItem": { "nullable": null, "id": 1 } }),
            "nullableItem.nullable",
        ),
    ];
    for (query, data, path) in cases {
        let answer = pipe.query(query).await;
        assert_eq!(answer.body["data"], data, "{query}");
        assert_eq!(answer.errors(), [format!("{path}: FORBIDDEN")], "{query}");
    }
}

#[tokio::test]
async fn keys_come_in_the_order_of_the_selection_not_of_completion() {
    let pipe = Pipe::open(AnyClient::of::<Plain<Query>>());
    let answer = pipe.query("{ slow fine b: fine a: slow nullableItem { child { id } id } }").await.whole();
    let expected = r#"{"data":{"slow":2,"fine":1,"b":1,"a":2,"nullableItem":{"child":{"id":1},"id":1}}}"#;
    assert_eq!(answer.text, expected);
}

#[tokio::test]
async fn a_field_selected_twice_is_answered_once_with_both_selections() {
    let pipe = Pipe::open(AnyClient::of::<Plain<Query>>());
    let answer = pipe.query("{ item { id } ...More } fragment More on Query { item { child { id } } }").await;
    assert_eq!(answer.whole().body["data"], json!({ "item": { "id": 1, "child": { "id": 1 } } }));
}
