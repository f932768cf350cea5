//! What an operation costs: the fields its answer may have.

use async_graphql::Variables;
use async_graphql_value::ConstValue;

use crate::Outline;
use crate::outline::Factor;

/// Fields of the answer when every list is as long as it may be.
pub(super) fn at_most(outline: &Outline) -> u64 {
    of(outline, |factor| factor.most)
}

/// Fields of the answer with these variables, which are coerced.
pub(super) fn with(outline: &Outline, variables: &Variables) -> u64 {
    of(outline, |factor| match &factor.variable {
        Some(name) => wanted(factor, variables.get(name.as_str())),
        None => factor.most,
    })
}

/// Whether a variable says how long a list is.
pub(super) fn depends(outline: &Outline) -> bool {
    outline.factors.iter().any(|factor| factor.fields > 0 && varies(outline, factor))
}

fn varies(outline: &Outline, factor: &Factor) -> bool {
    factor.variable.is_some() || factor.parent.is_some_and(|parent| varies(outline, &outline.factors[parent]))
}

fn wanted(factor: &Factor, value: Option<&ConstValue>) -> u64 {
    let wanted = match value {
        None => Some(factor.unsaid),
        Some(ConstValue::Number(number)) => number.as_u64(),
        Some(ConstValue::List(items)) => Some(items.len() as u64),
        Some(_) => None,
    };
    wanted.map_or(factor.most, |wanted| wanted.min(factor.most))
}

/// A list stands behind the one it is in, so that one walk over them is enough.
fn of(outline: &Outline, items: impl Fn(&Factor) -> u64) -> u64 {
    let mut times: Vec<u64> = Vec::with_capacity(outline.factors.len());
    let mut cost = outline.single_fields();
    for factor in &outline.factors {
        let outer = factor.parent.map_or(1, |parent| times[parent]);
        let own = outer.saturating_mul(items(factor));
        cost = cost.saturating_add(own.saturating_mul(factor.fields));
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
    use crate::schema::Catalogue;

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

    fn outline(text: &str) -> Outline {
        let catalogue = Catalogue::of(SDL);
        let document = parse(text).unwrap();
        let operation = document.operation(None).unwrap();
        let normalised = normalised(&catalogue, &document, operation, Conditions::Open).unwrap();
        Outline::of(&catalogue, &normalised.document)
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
            assert_eq!(at_most(&outline(text)), expected, "{text}");
            assert!(!depends(&outline(text)), "{text}");
        }
        let mut nested = "id".to_owned();
        for _ in 0..30 {
            nested = format!("near(first: 2147483647) {{ {nested} }}");
        }
        assert_eq!(at_most(&outline(&format!("{{ shops {{ {nested} }} }}"))), u64::MAX);
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
            let outline = outline(text);
            assert!(depends(&outline), "{text}");
            assert_eq!(
                with(&outline, &Variables::from_json(variables.clone())),
                expected,
                "{text} {variables}"
            );
        }
        assert_eq!(at_most(&outline(shops)), 401);
    }
}
