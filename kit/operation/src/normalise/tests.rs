use std::fmt::Write as _;

use async_graphql::Variables;
use async_graphql_parser::types as run;
use serde_json::json;

use super::*;
use crate::parse::parse;

const SDL: &str = "
    schema { query: Query }
    interface Node { id: ID! }
    type Query { node: Node, shop: Shop, found(first: Int! = 1, by: By): [Node!] }
    input By { size: Int! = 1, all: [Int!] }
    type Shop implements Node { id: ID!, name: String, best: Shop, near(first: Int): [Shop!] }
    type User implements Node { id: ID!, name: String, shop: Shop }
    type Order implements Node { id: ID! }
";

/// Returns the normal form in one line, with the parts that these tests compare.
fn shown(document: &run::ExecutableDocument) -> String {
    fn write_set(set: &run::SelectionSet, text: &mut String) {
        for selection in &set.items {
            match &selection.node {
                run::Selection::Field(field) => {
                    if let Some(alias) = &field.node.alias {
                        write!(text, "{}:", alias.node).unwrap();
                    }
                    write!(text, "{} ", field.node.name.node).unwrap();
                    if !field.node.selection_set.node.items.is_empty() {
                        text.push_str("{ ");
                        write_set(&field.node.selection_set.node, text);
                        text.push_str("} ");
                    }
                }
                run::Selection::InlineFragment(fragment) => {
                    let on = &fragment.node.type_condition.as_ref().unwrap().node.on.node;
                    write!(text, "{on} {{ ").unwrap();
                    write_set(&fragment.node.selection_set.node, text);
                    text.push_str("} ");
                }
                run::Selection::FragmentSpread(spread) => panic!("{spread:?}"),
            }
        }
    }
    let mut text = String::new();
    let mut operations = document.operations.iter();
    write_set(&operations.next().unwrap().1.node.selection_set.node, &mut text);
    text.trim_end().to_owned()
}

fn form(text: &str, conditions: Conditions<'_>) -> Result<Normalised, Unwritten> {
    let document = parse(text).unwrap();
    normalised(&SchemaIndex::of(SDL), &document, document.operation(None).unwrap(), conditions)
}

#[test]
fn every_key_of_an_object_is_selected_once() {
    let cases = [
        ("{ shop { id } shop { name id } }", "shop { id name }"),
        (
            "{ shop { ...S } shop { best { id } } } fragment S on Shop { name best { id ...T } } fragment T on Shop { name }",
            "shop { name best { id name } }",
        ),
        ("{ ... { shop { id } } ... on Query { shop { name } } }", "shop { id name }"),
        ("{ a: shop { id } b: shop { id } a: shop { name } }", "a:shop { id name } b:shop { id }"),
        ("{ shop { ... on Node { id } ...N name } } fragment N on Node { id }", "shop { id name }"),
        // A fragment that never applies is dropped, which leaves an object without fields.
        ("{ shop { ...N } } fragment N on Node { ... on User { name } }", "shop"),
        (
            "{ node { ... on Node { id } ... on Shop { ... on Node { best { id } } name } } }",
            "node { id Shop { best { id } name } }",
        ),
        // A key selected for overlapping sets of object types is written out for each type.
        ("{ node { id ... on Shop { name id } } }", "node { Shop { id name } User { id } Order { id } }"),
        (
            "{ node { ...S ... on User { name } } } fragment S on Shop { name ...T } fragment T on Shop { id }",
            "node { Shop { name id } User { name } }",
        ),
        // The order of the keys is that of each object type.
        (
            "{ node { ... on Shop { name } id ... on User { id name } } }",
            "node { Shop { name id } User { id name } Order { id } }",
        ),
        (
            "{ __schema { types { name } types { kind } } __typename __typename }",
            "__schema { types { name kind } } __typename",
        ),
        // Constant conditions are decided, and conditions on variables count as if they included their selection.
        (
            "{ shop { ... @include(if: true) { id } id @skip(if: true) name @include(if: false) } }",
            "shop { id }",
        ),
        ("query ($v: Boolean!) { shop { id @skip(if: $v) name id } }", "shop { id name }"),
    ];
    for (text, expected) in cases {
        assert_eq!(shown(&form(text, Conditions::Open).unwrap().document), expected, "{text}");
    }
}

#[test]
fn conditions_leave_what_applies_in_its_own_order() {
    let text = "query ($a: Boolean!, $b: Boolean!) {
        shop { id @include(if: $a) name id ... @skip(if: $b) { best { id } } best @skip(if: $a) { name } }
    }";
    let cases = [
        (true, true, "shop { id name }"),
        (true, false, "shop { id name best { id } }"),
        (false, true, "shop { name id best { name } }"),
        (false, false, "shop { name id best { id name } }"),
    ];
    for (a, b, expected) in cases {
        let variables = Variables::from_json(json!({ "a": a, "b": b }));
        let form = form(text, Conditions::Decided(&variables)).unwrap();
        assert_eq!(shown(&form.document), expected, "{a} {b}");
    }
}

#[test]
fn a_null_where_none_may_be_fails_its_field_alone() {
    let text = "query ($n: Int, $c: Boolean = true) {
        a: found(first: $n) { id } b: found(by: { size: $n }) { id } c: found { id @skip(if: $c) } shop { id }
    }";
    let open = form(text, Conditions::Open).unwrap();
    assert_eq!(open.risky, ["n"]);
    assert_eq!(open.failing, []);
    let failing = |variables| {
        let form = form(text, Conditions::Decided(&Variables::from_json(variables))).unwrap();
        let line = |it: &Failing| format!("{} {:?} {}", it.path[0], it.cause, it.pos.column);
        form.failing.iter().map(line).collect::<Vec<_>>()
    };
    assert_eq!(failing(json!({ "n": 1, "c": true })), [""; 0]);
    assert_eq!(
        failing(json!({ "n": null, "c": null })),
        ["a NullArgument(Name(\"first\")) 25", "b NullArgument(Name(\"by\")) 57", "c NullCondition 94"]
    );
    let of_root = "query ($c: Boolean = true) { shop @skip(if: $c) { id } }";
    let variables = Variables::from_json(json!({ "c": null }));
    assert!(matches!(form_of(of_root, &variables), Err(Unwritten::NullCondition(_))));
}

fn form_of(text: &str, variables: &Variables) -> Result<Normalised, Unwritten> {
    form(text, Conditions::Decided(variables))
}

#[test]
fn writing_out_by_object_has_an_end() {
    let mut text = "... on Shop { id }".to_owned();
    for level in 0..9 {
        text = format!("id ... on User {{ id shop {{ a{level}: best {{ id }} }} }} {text}");
    }
    assert!(form(&format!("{{ node {{ {text} }} }}"), Conditions::Open).is_ok());
}
