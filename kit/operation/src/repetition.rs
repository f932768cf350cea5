//! Repetitions of a mutation: the idempotency keys in its input, and a hash by which one request is told from another.

use std::fmt::Write as _;

use async_graphql::Variables;
use async_graphql::parser::types::{OperationDefinition, Selection, SelectionSet};
use async_graphql_value::Value;
use sha2::{Digest as _, Sha256};

/// Name of the argument, or of the field of an input object in an argument, that holds an idempotency key.
const KEY: &str = "idempotencyKey";

/// Returns the idempotency keys that a request has in its arguments, one for each root field; `None` if a root field has
/// none.
pub(super) fn keys(operation: &OperationDefinition, variables: &Variables) -> Option<Vec<String>> {
    let fields = operation.selection_set.node.items.iter().map(|item| match &item.node {
        Selection::Field(field) => field.node.arguments.iter().find_map(|(name, value)| {
            let value = resolved(&value.node, variables)?;
            match value {
                Value::String(key) if name.node == KEY => Some(key),
                Value::Object(mut fields) => match resolved(&fields.swap_remove(KEY)?, variables)? {
                    Value::String(key) => Some(key),
                    _ => None,
                },
                _ => None,
            }
        }),
        _ => None,
    });
    fields.collect()
}

/// Returns a hash of an operation and its variables. Equal requests have equal hashes, however their documents and input
/// objects are written.
pub(super) fn fingerprint(operation: &OperationDefinition, variables: &Variables) -> [u8; 32] {
    let mut text = String::new();
    set(&mut text, &operation.selection_set.node);
    for (name, value) in variables.iter() {
        let _written = write!(text, " ${name}=");
        write_value(&mut text, &value.clone().into_value());
    }
    Sha256::digest(text).into()
}

fn resolved(value: &Value, variables: &Variables) -> Option<Value> {
    match value {
        Value::Variable(name) => {
            variables.get(name).cloned().map(async_graphql_value::ConstValue::into_value)
        }
        value => Some(value.clone()),
    }
}

fn set(text: &mut String, set: &SelectionSet) {
    text.push('{');
    for item in &set.items {
        let (directives, selections) = match &item.node {
            Selection::Field(field) => {
                let field = &field.node;
                let _written = write!(text, " {}:{}", field.response_key(), field.name);
                arguments(text, &field.arguments);
                (&field.directives, &field.selection_set.node)
            }
            Selection::InlineFragment(fragment) => {
                let fragment = &fragment.node;
                let on = fragment.type_condition.as_ref().map(|it| it.node.on.node.as_str());
                let _written = write!(text, " ...{}", on.unwrap_or_default());
                (&fragment.directives, &fragment.selection_set.node)
            }
            // A normalised document holds none.
            Selection::FragmentSpread(_) => continue,
        };
        for directive in directives {
            let _written = write!(text, "@{}", directive.node.name);
            arguments(text, &directive.node.arguments);
        }
        if !selections.items.is_empty() {
            self::set(text, selections);
        }
    }
    text.push('}');
}

fn arguments<N: std::fmt::Display>(text: &mut String, arguments: &[(N, async_graphql::Positioned<Value>)]) {
    for (name, value) in arguments {
        let _written = write!(text, "({name}=");
        write_value(text, &value.node);
        text.push(')');
    }
}

/// Writes a value with the fields of its objects by name.
fn write_value(text: &mut String, value: &Value) {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| *name);
            text.push('{');
            for (name, value) in fields {
                let _written = write!(text, "{name}=");
                write_value(text, value);
                text.push(',');
            }
            text.push('}');
        }
        Value::List(items) => {
            text.push('[');
            for item in items {
                write_value(text, item);
                text.push(',');
            }
            text.push(']');
        }
        value => {
            let _written = write!(text, "{value}");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::schema::SchemaIndex;
    use crate::{Limits, Preparer};

    const SCHEMA: &str = "schema { query: Query mutation: Mutation } type Query { a: Int }
        input Add { idempotencyKey: String! product: ID! tags: [Tag!] } input Tag { name: String value: Int }
        type Mutation { add(input: Add!): Int! touch(idempotencyKey: String!): Int! count: Int! }";

    fn request(text: &str, variables: serde_json::Value) -> (Option<Vec<String>>, [u8; 32]) {
        let preparer = Preparer::new("test", SchemaIndex::of(SCHEMA), Arc::default(), Limits::DEFAULT);
        let operation = preparer.prepare(text, None).unwrap();
        let variables = operation.coerce(&preparer.schema_index, Variables::from_json(variables)).unwrap();
        (operation.idempotency_keys(&variables), operation.fingerprint(&variables))
    }

    #[test]
    fn keys_are_found_wherever_they_are_written() {
        let none = serde_json::json!({});
        let keys = |text: &str, variables: &serde_json::Value| request(text, variables.clone()).0;
        let one = Some(vec!["k".to_owned()]);
        assert_eq!(keys("mutation { add(input: { idempotencyKey: \"k\", product: \"p\" }) }", &none), one);
        assert_eq!(keys("mutation { touch(idempotencyKey: \"k\") }", &none), one);
        let by_variable = "mutation($k: String!) { add(input: { idempotencyKey: $k, product: \"p\" }) }";
        assert_eq!(keys(by_variable, &serde_json::json!({ "k": "k" })), one);
        let whole = serde_json::json!({ "input": { "idempotencyKey": "k", "product": "p" } });
        assert_eq!(keys("mutation($input: Add!) { add(input: $input) }", &whole), one);
        let two = "mutation { a: touch(idempotencyKey: \"k\") b: touch(idempotencyKey: \"l\") }";
        assert_eq!(keys(two, &none), Some(vec!["k".to_owned(), "l".to_owned()]));
        assert_eq!(keys("mutation { touch(idempotencyKey: \"k\") count }", &none), None);
    }

    #[test]
    fn equal_requests_have_equal_fingerprints() {
        let text = "mutation($input: Add!) { add(input: $input) }";
        let print =
            |text: &str, input: serde_json::Value| request(text, serde_json::json!({ "input": input })).1;
        let input = serde_json::json!({ "idempotencyKey": "k", "product": "p", "tags": [{ "name": "n", "value": 1 }] });
        let turned = serde_json::json!({ "tags": [{ "value": 1, "name": "n" }], "product": "p", "idempotencyKey": "k" });
        let first = print(text, input.clone());
        assert_eq!(print(text, turned), first);
        assert_eq!(print("mutation ($input : Add!) {\n  add(input: $input)\n}", input.clone()), first);
        let other = serde_json::json!({ "idempotencyKey": "k", "product": "q", "tags": [{ "name": "n", "value": 1 }] });
        assert_ne!(print(text, other), first);
        assert_ne!(print("mutation($input: Add!) { other: add(input: $input) }", input), first);
    }
}
