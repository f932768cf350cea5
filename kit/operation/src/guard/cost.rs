//! Cost of an operation: the number of fields that its answer may have.

use async_graphql::Variables;
use async_graphql_value::ConstValue;

use crate::CallGraph;
use crate::call_graph::Multiplicity;

/// Returns the number of fields in the answer if every list has its maximum length.
pub(super) fn at_most(call_graph: &CallGraph) -> u64 {
    of(call_graph, |multiplicity| multiplicity.most)
}

/// Returns the number of fields in the answer with these variables, which must be coerced.
pub(super) fn with(call_graph: &CallGraph, variables: &Variables) -> u64 {
    of(call_graph, |multiplicity| match &multiplicity.variable {
        Some(name) => wanted(multiplicity, variables.get(name.as_str())),
        None => multiplicity.most,
    })
}

/// Returns true if the cost depends on a variable that decides the length of a list.
pub(super) fn depends(call_graph: &CallGraph) -> bool {
    call_graph
        .multiplicities
        .iter()
        .any(|multiplicity| multiplicity.fields > 0 && varies(call_graph, multiplicity))
}

fn varies(call_graph: &CallGraph, multiplicity: &Multiplicity) -> bool {
    multiplicity.variable.is_some()
        || multiplicity.parent.is_some_and(|parent| varies(call_graph, &call_graph.multiplicities[parent]))
}

fn wanted(multiplicity: &Multiplicity, value: Option<&ConstValue>) -> u64 {
    let wanted = match value {
        None => Some(multiplicity.unsaid),
        Some(ConstValue::Number(number)) => number.as_u64(),
        Some(ConstValue::List(items)) => Some(items.len() as u64),
        Some(_) => None,
    };
    wanted.map_or(multiplicity.most, |wanted| wanted.min(multiplicity.most))
}

/// Computes the cost in one pass, since each multiplicity comes after its parent.
fn of(call_graph: &CallGraph, items: impl Fn(&Multiplicity) -> u64) -> u64 {
    let mut times: Vec<u64> = Vec::with_capacity(call_graph.multiplicities.len());
    let mut cost = call_graph.single_fields();
    for multiplicity in &call_graph.multiplicities {
        let outer = multiplicity.parent.map_or(1, |parent| times[parent]);
        let own = outer.saturating_mul(items(multiplicity));
        cost = cost.saturating_add(own.saturating_mul(multiplicity.fields));
        times.push(own);
    }
    cost
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::conditions::Conditions;
    use crate::normalise::normalised;
    use crate::parse::parse;
    use crate::schema::SchemaIndex;

    const SDL: &str = r#"
        schema { query: Query }
        directive @bounds(items: Int, by: String, of: [String!]) on FIELD_DEFINITION
        type Query {
            shop: Shop
            shops(first: Int = 5): [Shop!]! @bounds(items: 100, by: "argument.first")
            page(first: Int = 20): Page @bounds(items: 50, by: "argument.first", of: ["items"])
            some(ids: [ID!]!): [Shop!]! @bounds(items: 30, by: "argument.ids")
            all: [Shop!]!
        }
        type Page { items: [Shop!]! total: Int }
        type Shop { id: ID! near(first: Int = 2): [Shop!]! @bounds(items: 100, by: "argument.first") }
    "#;

    fn call_graph(text: &str) -> CallGraph {
        let schema_index = SchemaIndex::of(SDL);
        let document = parse(text).unwrap();
        let operation = document.operation(None).unwrap();
        let normalised = normalised(&schema_index, &document, operation, Conditions::Open).unwrap();
        CallGraph::of(&schema_index, &normalised.document)
    }

    #[test]
    fn lists_multiply_what_is_in_them() {
        let cases = [
            ("{ shop { id } }", 2),
            ("{ shops { id } }", 6),
            ("{ shops(first: 3) { id a: id } }", 7),
            ("{ shops(first: 2147483647) { id } }", 101),
            ("{ page { total items { id } } }", 23),
            ("{ page(first: 7) { total items { id } } }", 10),
            ("{ some(ids: [\"a\", \"b\"]) { id } }", 3),
            ("{ all { id } }", 1_001),
            ("{ shops(first: 10) { near(first: 10) { near(first: 10) { id } } } }", 1 + 10 + 100 + 1_000),
            ("{ ...F ...F } fragment F on Query { shops(first: 3) { id } }", 4),
        ];
        for (text, expected) in cases {
            assert_eq!(at_most(&call_graph(text)), expected, "{text}");
            assert!(!depends(&call_graph(text)), "{text}");
        }
        let mut nested = "id".to_owned();
        for _ in 0..30 {
            nested = format!("near(first: 2147483647) {{ {nested} }}");
        }
        assert_eq!(at_most(&call_graph(&format!("{{ shops {{ {nested} }} }}"))), u64::MAX);
    }

    #[test]
    fn variables_say_how_long_a_list_is() {
        let shops = "query ($n: Int) { shops(first: $n) { id near { id } } }";
        let some = "query ($n: [ID!]!) { some(ids: $n) { id } }";
        let cases = [
            (shops, json!({ "n": 1 }), 1 + 2 + 2),
            (shops, json!({ "n": 0 }), 1),
            (shops, json!({}), 1 + 5 * 4),
            (shops, json!({ "n": null }), 1 + 100 * 4),
            (shops, json!({ "n": -1 }), 1 + 100 * 4),
            (shops, json!({ "n": 2_147_483_647 }), 1 + 100 * 4),
            (some, json!({ "n": ["a", "b", "c"] }), 4),
        ];
        for (text, variables, expected) in cases {
            let call_graph = call_graph(text);
            assert!(depends(&call_graph), "{text}");
            assert_eq!(
                with(&call_graph, &Variables::from_json(variables.clone())),
                expected,
                "{text} {variables}"
            );
        }
        assert_eq!(at_most(&call_graph(shops)), 401);
    }
}
