//! A document for each rule, with the position of its error. `tests/language` compares far more with graphql-js.

use super::problems;
use crate::parse::parse;
use crate::schema::SchemaIndex;

const SDL: &str = "
    schema { query: Query mutation: Mutation }
    directive @tag(name: String!) repeatable on FIELD
    directive @fetch(steps: Int) on FIELD_DEFINITION
    interface Node { id: ID! }
    union Found = Shop | User
    enum Colour { RED BLUE }
    input By @oneOf { id: ID, name: String }
    input Line { product: ID!, quantity: Int! = 1, colour: Colour, tags: [String!], inner: Line }
    type Query {
        node(id: ID!): Node
        shop(id: ID, first: Int! = 5, size: Float, by: By): Shop
        shops(ids: [ID!]!): [Shop!]!
        found: Found
    }
    type Mutation { add(line: Line!): Shop }
    type Shop implements Node { id: ID!, name: String, best: Shop, near(first: Int): [Shop!], open: Boolean! }
    type User implements Node { id: ID!, name: String!, shop: Shop, near(first: Int): [User!], age: Int }
";

/// Returns the errors of a document: the columns and the message of each.
fn told(text: &str) -> Vec<String> {
    let told = problems(&SchemaIndex::of(SDL), &parse(text).unwrap(), false);
    let line = |problem: &super::Invalid| {
        let columns: Vec<_> = problem.locations.iter().map(|at| at.column.to_string()).collect();
        format!("{} {}", columns.join(","), problem.message)
    };
    told.iter().map(line).collect()
}

#[test]
fn valid_documents_have_no_errors() {
    for text in [
        "{ __typename shop { __typename } found { __typename ...on Shop { best { id } } ... { ... on Node { id } } } }",
        "query ($v: Boolean!) { __typename @include(if: $v) @tag(name: \"a\") @tag(name: \"b\") }",
        "query ($n: Int, $s: Int = 3) { a: shop(first: $n) { id } b: shop(first: $s, size: 1) { id } }",
        "query A($i: [ID!]!, $x: ID!) { shops(ids: $i) { id } b: shops(ids: [$x, 1, \"x\"]) { id } c: shops(ids: 123456789012345678901234567890) { id } }",
        "mutation ($l: Line!) { add(line: $l) { id } }",
        "mutation ($q: Int, $t: String!) { add(line: { product: 1, quantity: $q, tags: [$t], inner: { product: \"a\", colour: RED, tags: \"x\" } }) { id } }",
        "{ shop(by: { id: 1 }) { id } } ",
        "query A { ...F } query B { ...F } fragment F on Query { shop { ...G } } fragment G on Node { ... on User { age } id }",
        "{ node(id: 1) { ... on Shop { x: name } ... on User { x: id2: id } } }"
            .replace("id2: ", "")
            .as_str(),
        "{ node(id: 1) { ... on Shop { near(first: 1) { name } } ... on User { near(first: 2) { id } } } }",
        "{ shop { near(first: 1) { id } } shop { near(first: 1) { name } } }",
    ] {
        // The types of `name` differ in nullability and cannot share a key; the types of `id` do not differ.
        let text = text.replace("x: name", "x: id");
        assert_eq!(told(&text), [""; 0], "{text}");
    }
}

#[test]
fn errors_are_reported_with_their_positions() {
    let cases = [
        ("{ shop { size } }", "10 The type \"Shop\" has no field \"size\"."),
        ("{ found { id } }", "11 The type \"Found\" has no field \"id\"."),
        ("{ shop }", "3 \"shop\" is a \"Shop\": select what is wanted of it."),
        ("{ shop { name { x } } }", "15 \"name\" is a \"String\", which has no fields to select."),
        ("{ __typename { x } }", "14 \"__typename\" is a \"String!\", which has no fields to select."),
        ("{ __typename(x: 1) }", "14 \"__typename\" takes no argument \"x\"."),
        ("{ __schema { description } }", "3 The schema does not tell of itself here: \"__schema\"."),
        ("{ ... on Shops { id } }", "10 There is no type \"Shops\"."),
        ("{ ... on Int { id } }", "10 No fragment can be on \"Int\", which has no fields."),
        ("{ ... on User { id } }", "3 This never applies: no \"Query\" is ever a \"User\"."),
        (
            "{ shop { ...F } } fragment F on User { id }",
            "10 This never applies: no \"Shop\" is ever a \"User\".",
        ),
        ("subscription { anything }", "1 There is no subscription here."),
        ("{ ...F }", "6 There is no fragment \"F\"."),
        ("{ shop { id } } fragment F on Shop { id }", "17 The fragment \"F\" is never used."),
        (
            "{ ...F } fragment F on Query { ...G } fragment G on Query { ...F }",
            "32,61 The fragment \"F\" holds itself.",
        ),
        (
            "{ shop { id } } query A { shop { id } }",
            "1 An operation without a name stands in a document alone.",
        ),
        ("query A { shop { id } } query A { shop { id } }", "7,31 Two operations are named \"A\"."),
    ];
    told_as(&cases);
}

#[test]
fn errors_of_values_and_variables_are_reported_with_their_positions() {
    let cases = [
        ("{ shop(id: 1, id: 2) { id } }", "8,15 The argument \"id\" is given twice."),
        ("{ shops { id } }", "3 \"shops\" takes an argument \"ids\" of type \"[ID!]!\"."),
        ("{ shop(first: 2147483648) { id } }", "15 2147483648 is no value of type \"Int!\"."),
        ("{ shop(first: null) { id } }", "15 A value of type \"Int!\" cannot be null."),
        ("{ shop(id: 1.5) { id } }", "12 1.5 is no value of type \"ID\"."),
        ("{ shop(size: [1]) { id } }", "14 A list is no value of type \"Float\"."),
        ("{ shops(ids: [1, true]) { id } }", "18 true is no value of type \"ID!\"."),
        (
            "mutation { add(line: { quantity: 1 }) { id } }",
            "22 \"Line\" takes a field \"product\" of type \"ID!\".",
        ),
        ("mutation { add(line: { product: 1, price: 1 }) { id } }", "36 \"Line\" has no field \"price\"."),
        (
            "mutation { add(line: { product: 1, product: 2 }) { id } }",
            "24,36 The field \"product\" is given twice.",
        ),
        (
            "mutation { add(line: { product: 1, colour: GREEN }) { id } }",
            "44 GREEN is no value of type \"Colour\".",
        ),
        (
            "{ shop(by: { id: 1, name: \"a\" }) { id } }",
            "12 \"By\" takes one of its fields, which is not null.",
        ),
        (
            "query ($v: ID) { shop(by: { id: $v }) { id } }",
            "8,33 \"$v\" may be null, and a field of \"By\" may not.",
        ),
        ("{ __typename @nope }", "14 There is no directive \"@nope\"."),
        ("{ __typename @fetch }", "14 There is no directive \"@fetch\"."),
        ("{ __typename @skip }", "14 \"@skip\" takes an argument \"if\" of type \"Boolean!\"."),
        (
            "{ __typename @skip(if: true) @skip(if: true) }",
            "14,30 The directive \"@skip\" stands here twice.",
        ),
        ("query @skip(if: true) { __typename }", "7 The directive \"@skip\" cannot stand here."),
        ("query ($v: ID @nope) { shop(id: $v) { id } }", "15 There is no directive \"@nope\"."),
        ("{ shop(id: $v) { id } }", "12,1 The operation has no variable \"$v\"."),
        ("query ($v: ID) { __typename }", "8 The variable \"$v\" is never used."),
        ("query ($v: Nope) { shop(id: $v) { id } }", "12 There is no type \"Nope\"."),
        (
            "query ($v: [Shop]) { shop(nope: $v) { id } }",
            "12 No variable can be of type \"[Shop]\". | 27 \"shop\" takes no argument \"nope\".",
        ),
        ("query ($v: Int = \"x\") { shop(first: $v) { id } }", "18 \"x\" is no value of type \"Int\"."),
        (
            "query ($v: ID) { node(id: $v) { id } }",
            "8,27 \"$v\" is a \"ID\", and stands where a \"ID!\" is wanted.",
        ),
        (
            "query ($v: [ID]) { shops(ids: $v) { id } }",
            "8,31 \"$v\" is a \"[ID]\", and stands where a \"[ID!]!\" is wanted.",
        ),
        (
            "query ($v: Int!) { shop { id @skip(if: $v) } }",
            "8,40 \"$v\" is a \"Int!\", and stands where a \"Boolean!\" is wanted.",
        ),
        (
            "{ shop { x: id x: name } }",
            "10,16 Two fields are named \"x\" in the answer: \"id\" and \"name\" are different fields.",
        ),
        (
            "{ shop(id: 1) { name } ... on Query @include(if: true) { shop(id: 2) { id } } }",
            "3,58 Two fields are named \"shop\" in the answer: \"shop\" has other arguments each time.",
        ),
        (
            "{ shop { best { id } } shop { best { id: name } } }",
            "3,10,17,24,31,38 Two fields are named \"id\" in the answer: \"id\" and \"name\" are different fields.",
        ),
        (
            "{ node(id: 1) { ... on Shop { x: name } ... on User { x: age } } }",
            "31,55 Two fields are named \"x\" in the answer: one is a \"String\", and one is a \"Int\".",
        ),
        (
            "{ node(id: 1) { ...F } } fragment F on Node { id ... on User { id: name } }",
            "47,64 Two fields are named \"id\" in the answer: \"id\" and \"name\" are different fields.",
        ),
    ];
    told_as(&cases);
}

fn told_as(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(told(text).join(" | "), *expected, "{text}");
    }
}
