//! A malformed id is an error that names the argument's path, wherever an id is taken.

use operation::schema::SchemaIndex;
use serde_json::{Map, Value, json};

use crate::support::{Kind, Shop, device_id, id_of, product_id};

/// The name in a type as the schema writes it: `"ID"` of `"[ID!]!"`.
fn named(written: &str) -> &str {
    written.trim_matches(|character| "[]!".contains(character))
}

/// A request with a malformed id, and the path of the id in the arguments.
struct Case {
    coordinate: String,
    query: String,
    variables: Value,
    path: String,
}

/// A valid value of an input field.
fn value(name: &str, ty: &str) -> Value {
    match (name, named(ty)) {
        ("device", _) => json!(device_id("shelf-0001")),
        ("productId", _) => json!(product_id("kettle-gooseneck-09")),
        (_, "ID") if ty.starts_with('[') => json!([id_of("Notification", "n")]),
        (_, "ID") => json!(id_of("PaymentMethod", "p")),
        ("idempotencyKey", _) => json!("a-key-of-its-own"),
        ("country", _) => json!("FR"),
        (_, "Int") => json!(1),
        (_, "String") => json!("standard"),
        _ if ty.starts_with('[') => json!([]),
        _ => Value::Null,
    }
}

fn nonsense(ty: &str) -> (Value, &'static str) {
    if ty.starts_with('[') { (json!(["nonsense"]), ".0") } else { (json!("nonsense"), "") }
}

/// The selection that a field needs.
fn selection(schema_index: &SchemaIndex, type_name: &str) -> &'static str {
    if schema_index.fields(type_name).is_some() { "{ __typename }" } else { "" }
}

/// One case for every argument and input field that takes an id, by the schema.
fn cases(kind: Kind) -> Vec<Case> {
    let schema_index = kind.schema_index();
    let roots = [Some(schema_index.query()), schema_index.mutation()];
    let mut cases = Vec::new();
    for (type_name, fields) in schema_index.types() {
        for (field, info) in fields {
            for (argument, taken) in &info.arguments {
                let ty = &taken.ty.to_string();
                let below = selection(&schema_index, &info.type_name);
                let root = if Some(type_name) == schema_index.mutation() { "mutation" } else { "query" };
                let query = format!("{root}($value: {ty}) {{ {field}({argument}: $value) {below} }}");
                let coordinate = format!("{kind}: {type_name}.{field}({argument}:)");
                if named(ty) == "ID" {
                    assert!(roots.contains(&Some(type_name)), "{coordinate} is not tried yet");
                    let (value, end) = nonsense(ty);
                    let path = format!("{argument}{end}");
                    cases.push(Case { coordinate, query, variables: json!({ "value": value }), path });
                    continue;
                }
                let Some(input) = schema_index.input(named(ty)) else { continue };
                for (name, at) in input.iter().filter(|(_, at)| named(&at.ty.to_string()) == "ID") {
                    let all = input.iter().map(|(name, at)| (name.clone(), value(name, &at.ty.to_string())));
                    let mut sent: Map<_, _> = all.filter(|(_, value)| !value.is_null()).collect();
                    let (value, end) = nonsense(&at.ty.to_string());
                    sent.insert(name.clone(), value);
                    cases.push(Case {
                        coordinate: format!("{coordinate} {name}"),
                        query: query.clone(),
                        variables: json!({ "value": sent }),
                        path: format!("{argument}.{name}{end}"),
                    });
                }
            }
        }
    }
    cases
}

#[tokio::test]
async fn a_malformed_id_is_named_by_its_path_wherever_an_id_is_taken() {
    let shop = Shop::open().await;
    let mut tried = 0;
    for kind in Kind::ALL {
        for Case { coordinate, query, variables, path } in cases(kind) {
            let answer = shop.query_with(kind, json!({ "query": query, "variables": variables })).await;
            let errors = answer.body["errors"].as_array();
            assert_eq!(errors.map(Vec::len), Some(1), "{coordinate}: {}", answer.text);
            let extensions = &errors.unwrap()[0]["extensions"];
            assert_eq!(extensions["code"], "BAD_USER_INPUT", "{coordinate}: {}", answer.text);
            let violations = extensions["violations"].as_array().map(Vec::as_slice).unwrap_or_default();
            let fields: Vec<_> = violations.iter().map(|it| &it["field"]).collect();
            assert_eq!(fields, [&json!(path)], "{coordinate}: {}", answer.text);
            tried += 1;
        }
    }
    assert!(tried >= 20, "{tried}");
    assert_eq!(shop.calls(), "", "no service was called");
}
