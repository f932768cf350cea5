//! Checks of the operations a client ships: caches and tools can read them, and they keep to the budget however they
//! are registered.

use std::path::Path;
use std::process::Command;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use contracts::{Folder, OperationFile, WayOut};
use operation::schema::SchemaIndex;
use operation::{ManifestFormat, document_hash};
use serde_json::{Value, json};

use crate::readme::blocks;
use crate::support::{Kind, SCHEMA, contracts, copied_schema, in_folder, preparer};

/// Selection sets of a document that lack fields a normalising cache needs, by the field or fragment they belong to.
fn unreadable(schema_index: &SchemaIndex, text: &str) -> Vec<String> {
    let document = parse_query(text).unwrap();
    let mut lacking = Vec::new();
    let walk = Walk { schema_index, document: &document };
    for (_, operation) in document.operations.iter() {
        let root = match operation.node.ty.to_string().as_str() {
            "mutation" => schema_index.mutation().unwrap(),
            _ => schema_index.query(),
        };
        walk.below(root, &operation.node.selection_set.node, &mut lacking);
    }
    for (name, fragment) in &document.fragments {
        let on = fragment.node.type_condition.node.on.node.as_str();
        walk.set(&format!("fragment {name}"), on, &fragment.node.selection_set.node, &mut lacking);
    }
    lacking
}

struct Walk<'a> {
    schema_index: &'a SchemaIndex,
    document: &'a ExecutableDocument,
}

impl Walk<'_> {
    /// A selection set must contain `__typename` itself, where tools would add it; the id may come from a fragment.
    fn set(&self, of: &str, type_name: &str, set: &SelectionSet, lacking: &mut Vec<String>) {
        if !set.items.iter().any(|it| is_field(&it.node, "__typename")) {
            lacking.push(format!("{of} has no __typename"));
        }
        if self.schema_index.field(type_name, "id").is_some() && !self.selects_id(set) {
            lacking.push(format!("{of} has no id"));
        }
        self.below(type_name, set, lacking);
    }

    fn below(&self, type_name: &str, set: &SelectionSet, lacking: &mut Vec<String>) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    let name = field.node.name.node.as_str();
                    let below = &field.node.selection_set.node;
                    if !below.items.is_empty() {
                        let info = self.schema_index.field(type_name, name).unwrap();
                        self.set(&format!("{type_name}.{name}"), &info.type_name, below, lacking);
                    }
                }
                Selection::InlineFragment(fragment) => {
                    let set = &fragment.node.selection_set.node;
                    let on = fragment.node.type_condition.as_ref().map(|it| it.node.on.node.as_str());
                    let on = on.unwrap_or(type_name);
                    if !set.items.iter().any(|it| is_field(&it.node, "__typename")) {
                        lacking.push(format!("... on {on} has no __typename"));
                    }
                    // The id is selected beside the inline fragment.
                    self.below(on, set, lacking);
                }
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    fn selects_id(&self, set: &SelectionSet) -> bool {
        set.items.iter().any(|selection| match &selection.node {
            Selection::FragmentSpread(spread) => {
                let fragment = &self.document.fragments[&spread.node.fragment_name.node].node;
                self.selects_id(&fragment.selection_set.node)
            }
            other => is_field(other, "id"),
        })
    }
}

fn is_field(selection: &Selection, name: &str) -> bool {
    matches!(selection, Selection::Field(field) if field.node.name.node == name && field.node.alias.is_none())
}

#[test]
fn every_object_says_its_type_and_its_id_where_caches_are_normalised() {
    for kind in [Kind::Mobile, Kind::Web] {
        let schema_index = kind.schema_index();
        for OperationFile { name, text, .. } in contracts(kind).operations().unwrap() {
            assert_eq!(unreadable(&schema_index, &text), Vec::<String>::new(), "{kind} {name}");
        }
        // The first release is older than this rule, and breaks it.
        let first = &contracts(kind).releases().unwrap()[0];
        let cart = first.operations.iter().find(|it| it.name.starts_with("Cart")).unwrap();
        assert!(!unreadable(&schema_index, &cart.text).is_empty(), "{}", cart.text);
    }
}

/// Answers to devices omit `__typename`: they have 1 kB, and a device keeps no cache of objects.
#[test]
fn devices_are_not_told_the_names_of_types() {
    for operation in contracts(Kind::Iot).operations().unwrap() {
        assert!(!operation.text.contains("__typename"), "{}", operation.name);
    }
}

/// All problems that `check` finds in a changed copy of the phone app's contracts.
fn complaints(change: impl FnOnce(&Path)) -> Vec<(String, Option<WayOut>)> {
    let folder = copied_schema();
    change(&folder.path().join("mobile"));
    let problems = in_folder(folder.path(), Kind::Mobile).check(&preparer(Kind::Mobile));
    let told = |path: &Path| path.strip_prefix(folder.path()).unwrap().display().to_string();
    problems.iter().map(|it| (format!("{}: {}", told(&it.path), it.problem), it.way_out)).collect()
}

fn append(file: &Path, text: &str) {
    let before = std::fs::read_to_string(file).unwrap_or_default();
    std::fs::write(file, before + text).unwrap();
}

#[test]
fn fragments_of_one_name_are_errors_whichever_files_they_are_in() {
    let again = "\nfragment Problem on UserError {\n  __typename\n  code\n}\n";
    let shared_twice = complaints(|mobile| append(&mobile.join("operations/CartAdd.graphql"), again));
    let twice = |it: &(String, _)| {
        it.0.starts_with(
            "mobile/operations/fragments/Problem.graphql: line 2: there is a fragment Problem in ",
        ) && it.0.contains("CartAdd.graphql as well")
    };
    assert!(shared_twice.iter().any(twice), "{shared_twice:?}");

    let row = "\nfragment ReviewRow on Product {\n  __typename\n  id\n}\n";
    let local_twice = complaints(|mobile| {
        append(&mobile.join("operations/ProductOffer.graphql"), row);
    });
    let twice = |it: &(String, _)| {
        it.0.starts_with("mobile/operations/ProductOffer.graphql: line ")
            && it.0.contains("a fragment ReviewRow in ")
    };
    assert!(local_twice.iter().any(twice), "{local_twice:?}");
}

#[test]
fn an_error_of_a_shared_fragment_is_reported_once_where_it_is_wrong() {
    let mut wrong_line = 0;
    let told = complaints(|mobile| {
        let file = mobile.join("operations/fragments/CartScreen.graphql");
        let text = std::fs::read_to_string(&file).unwrap();
        wrong_line = 1 + text.lines().position(|line| line.trim() == "total").unwrap();
        std::fs::write(&file, text.replace("  total\n", "  totals\n")).unwrap();
        std::fs::write(mobile.join("operations/fragments/Two.graphql"), "fragment Other on Cart { count }\n")
            .unwrap();
        std::fs::write(mobile.join("operations/fragments/Idle.graphql"), "fragment Idle on Cart { count }\n")
            .unwrap();
    });
    let told: Vec<_> = told.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(told[0], "mobile/operations/fragments/Idle.graphql: is used by no operation; remove it");
    assert_eq!(
        told[1],
        "mobile/operations/fragments/Two.graphql: must hold the fragment Two, and nothing else"
    );
    assert!(
        told[2].starts_with(&format!("mobile/operations/fragments/CartScreen.graphql: line {wrong_line}: "))
            && told[2].contains("\"totals\""),
        "{told:#?}"
    );
    assert_eq!(told.len(), 3, "three operations use it: {told:#?}");
}

#[test]
fn an_operation_that_comes_by_manifest_is_held_to_the_budget() {
    // The operation has more calls, and far more bytes, than any screen.
    let product = |alias: usize| {
        format!(
            "p{alias}: products(first: 20, after: \"{alias}\") {{ items {{ name rating price {{ text }} reviews(first: 3) {{ text }} }} }}"
        )
    };
    let body = format!("query Big {{ {} }}", (0..8).map(product).collect::<String>());
    let manifest = json!({ document_hash(&body): body }).to_string();
    let told = complaints(|mobile| {
        std::fs::write(mobile.join("manifests/9.0.0.relay.json"), &manifest).unwrap();
    });
    for beyond in
        ["14 calls, 8 in the budget of queries: ", "cost, 200 in the budget of queries: ", " bytes, "]
    {
        let of_manifest = |it: &&(String, _)| {
            it.0.starts_with("mobile/manifests/9.0.0.relay.json: release 9.0.0, Big: ")
                && it.0.contains(beyond)
        };
        let found = told.iter().find(of_manifest).unwrap_or_else(|| panic!("{beyond}: {told:#?}"));
        assert_eq!(found.1, Some(WayOut::Except));
        assert!(!found.0.contains("line "), "there is no plan file to look at: {}", found.0);
    }
    let excepted = complaints(|mobile| {
        std::fs::write(mobile.join("manifests/9.0.0.relay.json"), &manifest).unwrap();
        let exemption =
            "\n[exemptions.Big]\nreason = \"The tablet.\"\ncalls = 14\nbytes = 2_000_000\ncost = 700\n";
        append(&mobile.join("budget.toml"), exemption);
    });
    assert_eq!(excepted, []);
}

#[test]
fn an_operation_without_an_example_and_one_that_does_not_fit_are_reported() {
    let told = complaints(|mobile| {
        let file = mobile.join("examples.json");
        let mut examples: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        let examples_object = examples.as_object_mut().unwrap();
        examples_object.remove("Home");
        examples_object["Product"]["minimal"] = json!({});
        examples_object.insert("Hime".to_owned(), json!({ "variables": {}, "minimal": {} }));
        std::fs::write(&file, examples.to_string()).unwrap();
    });
    let told: Vec<_> = told.iter().map(|it| it.0.strip_prefix("mobile/examples.json: ").unwrap()).collect();
    assert_eq!(
        told,
        [
            "has no example of Home; add one: \"Home\": { \"variables\": {…}, \"minimal\": {…} }",
            "Product, minimal: Variable \"$id\" of required type ID! was not provided.",
            "Hime is no operation, of today or of a release",
        ]
    );
}

/// Follows the documentation on a copy of the folder: adds its operation and its example, then does as its commands do.
fn ship(mobile: &Path, contracts: &Folder) {
    let files: Vec<_> = blocks("docs/operations.md");
    let file = |path: &str| {
        let found = files.iter().find(|(kind, _)| kind.ends_with(path));
        found.unwrap_or_else(|| panic!("docs/operations.md does not show {path}")).1.clone()
    };
    std::fs::write(mobile.join("operations/Widget.graphql"), file("operations/Widget.graphql")).unwrap();
    let examples = mobile.join("examples.json");
    let all = std::fs::read_to_string(&examples).unwrap();
    let example = file("mobile/examples.json");
    std::fs::write(&examples, all.replacen('{', &format!("{{\n{example},"), 1)).unwrap();

    let preparer = preparer(Kind::Mobile);
    contracts.write_plans(&preparer).unwrap();
    assert_eq!(contracts.check(&preparer), []);
    contracts.register(&preparer, "9.0.0", ManifestFormat::Apollo).unwrap();
}

/// The tests of this program that read the folder of contracts, except the slow ones.
const READ: [&str; 8] = [
    "plans::counted::",
    "plans::every",
    "plans::guarded::",
    "plans::operations_plans_and_budgets_hold",
    "plans::reviewed::",
    "plans::shipped::",
    "plans::the_operations_of_a_client_use_all_of_its_schema",
    "documents::released::every_operation_of_every_release_still_works",
];

#[test]
fn an_operation_shipped_as_the_documentation_says_keeps_every_test_that_reads_the_folder() {
    let folder = copied_schema();
    let copy = in_folder(folder.path(), Kind::Mobile);
    ship(&folder.path().join("mobile"), &copy);
    let itself = "an_operation_shipped_as_the_documentation_says";
    let run = Command::new(std::env::current_exe().unwrap())
        .args(READ)
        .args(["--skip", itself])
        .env(SCHEMA, folder.path())
        .env_remove("UPDATE_SNAPSHOTS")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}\n{}", String::from_utf8_lossy(&run.stderr));
    for read in READ {
        assert!(said.contains(&format!("test {read}")), "{read} is no test any more: {said}");
    }
}
