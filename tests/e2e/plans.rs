//! Every operation keeps to its plan: the planned calls, keys and masks, no more bytes, and the planned outcome when
//! something fails.

mod both_ways;
mod counted;
mod enforced;
mod explained;
mod failing;
mod guarded;
mod impact;
mod left;
mod random;
mod reviewed;
mod shipped;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{ExecutableDocument, OperationType, Selection, SelectionSet};
use contracts::WayOut;
use operation::schema::SchemaIndex;
use operation::{Plan, PlannedCall};
use proto::admin::Call;
use serde_json::Value;

use crate::support::{Kind, Operation, Shop, contracts, operations, preparer};

#[test]
fn operations_plans_and_budgets_hold() {
    let mut told = String::new();
    for kind in Kind::ALL {
        let problems = contracts(kind).check(&preparer(kind));
        for problem in &problems {
            writeln!(told, "{problem}").unwrap();
        }
        if problems.iter().any(|problem| problem.way_out == Some(WayOut::WritePlans)) {
            writeln!(
                told,
                "to have the plans as the operations are now: cargo run -p bff-{kind} -- plan --write"
            )
            .unwrap();
        }
    }
    assert!(told.is_empty(), "\n{told}");
}

#[test]
fn every_client_ships_its_operations_in_few_waves() {
    for (kind, least) in [(Kind::Mobile, 12), (Kind::Web, 15), (Kind::Iot, 5)] {
        let plans: Vec<_> =
            operations().into_iter().filter(|it| it.kind == kind).map(|it| it.plan.clone()).collect();
        assert!(plans.len() >= least, "{kind} ships {}", plans.len());
        for plan in plans {
            let most = if plan.kind == "query" && kind != Kind::Web { 2 } else { 3 };
            assert!(plan.total.waves <= most, "{kind} {} takes {} waves", plan.operation, plan.total.waves);
        }
    }
}

#[test]
fn the_operations_of_a_client_use_all_of_its_schema() {
    for kind in Kind::ALL {
        let schema_index = kind.schema_index();
        let operations = operations().into_iter().filter(|it| it.kind == kind).map(|it| it.text.clone());
        // Deprecated fields are used by releases alone.
        let releases = contracts(kind).releases().unwrap().into_iter().flat_map(|it| it.operations);
        let texts = operations.chain(releases.map(|it| it.text));
        let used: BTreeSet<_> = texts.flat_map(|text| selected(&schema_index, &text)).collect();
        for (type_name, fields) in schema_index.types() {
            for field in fields.keys() {
                let coordinate = format!("{type_name}.{field}");
                assert!(used.contains(&coordinate), "no operation of {kind} selects {coordinate}");
            }
        }
    }
}

/// Every field a document selects, as `Type.field`; fields of an interface are listed for each type that implements it.
fn selected(schema_index: &SchemaIndex, text: &str) -> BTreeSet<String> {
    fn walk(
        (schema_index, document): (&SchemaIndex, &ExecutableDocument),
        type_name: &str,
        set: &SelectionSet,
        found: &mut BTreeSet<String>,
    ) {
        for selection in &set.items {
            let (on, below) = match &selection.node {
                Selection::Field(field) => {
                    let Some(info) = schema_index.field(type_name, &field.node.name.node) else { continue };
                    let types = schema_index.possible(type_name).iter().map(String::as_str);
                    found.extend(types.chain([type_name]).map(|it| format!("{it}.{}", field.node.name.node)));
                    (info.type_name.as_str(), &field.node.selection_set)
                }
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref().map(|it| it.node.on.node.as_str());
                    (on.unwrap_or(type_name), &fragment.node.selection_set)
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = &document.fragments[&spread.node.fragment_name.node].node;
                    (fragment.type_condition.node.on.node.as_str(), &fragment.selection_set)
                }
            };
            walk((schema_index, document), on, &below.node, found);
        }
    }
    let document = parse_query(text).unwrap();
    let mut found = BTreeSet::new();
    for (_, operation) in document.operations.iter() {
        let root = match operation.node.ty {
            OperationType::Mutation => schema_index.mutation().unwrap(),
            _ => schema_index.query(),
        };
        walk((schema_index, &document), root, &operation.node.selection_set.node, &mut found);
    }
    found
}

/// RPCs that a second call may be made of beside one that is slow, as each is where others use the machine as well.
const HEDGED: [&str; 4] = [
    "shop.catalog.v1.CatalogService/BatchGetProducts",
    "shop.catalog.v1.CatalogService/ListProducts",
    "shop.inventory.v1.InventoryService/BatchGetStock",
    "shop.pricing.v1.PricingService/BatchGetPrices",
];

/// The calls made, in the form of a plan: the keys of each call, by RPC and mask, without second ones of the same.
fn observed(calls: &[Call]) -> BTreeMap<(String, String), Vec<usize>> {
    let mut by_mask: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (at, call) in calls.iter().enumerate() {
        let is_same =
            |it: &Call| (&it.rpc, &it.mask_paths, &it.keys) == (&call.rpc, &call.mask_paths, &call.keys);
        if HEDGED.contains(&&*call.rpc) && calls[..at].iter().any(is_same) {
            continue;
        }
        let mask = call.mask_paths.join(", ");
        by_mask.entry((call.rpc.clone(), mask)).or_default().push(call.keys.len().max(1));
    }
    by_mask
}

/// The calls of a plan, in the same form.
fn planned(plan: &Plan) -> BTreeMap<(String, String), Vec<&PlannedCall>> {
    let mut by_mask: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for call in plan.waves.iter().flat_map(|wave| &wave.calls).chain(&plan.later) {
        let mut paths = call.reads.clone();
        if call.rpc.ends_with("/ListRecommendations") {
            // This read returns ids alone, and is the only one to take no mask.
            paths.clear();
        }
        by_mask.entry((call.rpc.clone(), paths.join(", "))).or_default().push(call);
    }
    by_mask
}

/// Asserts that all calls are in the plan.
fn within(plan: &Plan, calls: &[Call], what: &str) {
    let planned = planned(plan);
    for (key, keys) in observed(calls) {
        let of_plan =
            planned.get(&key).unwrap_or_else(|| panic!("{what}: {key:?} is not in the plan\n{plan}"));
        let most_calls: u64 = of_plan.iter().map(|call| call.calls).sum();
        let most_keys: u64 = of_plan.iter().map(|call| call.keys.most).sum();
        let all = keys.iter().sum::<usize>() as u64;
        assert!(keys.len() as u64 <= most_calls, "{what}: {key:?} took {} calls of {most_calls}", keys.len());
        assert!(all <= most_keys, "{what}: {key:?} fetched {all} keys of {most_keys}");
    }
}

/// Runs an operation and compares its calls with its plan.
async fn runs_as_planned(shop: &Shop, operation: &Operation, variables: &Value, what: &str) {
    let what = format!("{} {} {what}", operation.kind, operation.name);
    shop.domain.calls().clear();
    let answer = operation.run(shop, variables).await;
    assert!(answer.body.get("errors").is_none(), "{what}: {}", answer.text);
    assert!(answer.body.get("extensions").is_none(), "{what}: {}", answer.text);
    if !operation.plan.later.is_empty() {
        // The request does not wait for these calls; this test does.
        let later = operation.plan.later.len();
        let sent = |calls: &[Call]| {
            let names = operation.plan.later.iter().map(|call| &call.rpc);
            names.filter(|rpc| calls.iter().any(|call| call.rpc == **rpc)).count() == later
        };
        shop.domain.calls().wait_until(sent).await;
    }
    let bytes = answer.text.len() as u64;
    assert!(bytes <= operation.plan.total.bytes, "{what}: {bytes} bytes of {}", operation.plan.total.bytes);
    within(&operation.plan, &shop.domain.calls().list(), &what);
}

#[tokio::test]
async fn every_operation_calls_what_its_plan_says() {
    for operation in operations() {
        let cases = [
            ("with all variables", operation.full.clone()),
            ("with none it can do without", operation.minimal.clone()),
        ];
        let mut shop = Shop::open().await;
        for (what, variables) in cases {
            if operation.is_mutation() {
                // A mutation needs a fresh shop: an earlier one would change its outcome.
                shop = Shop::open().await;
            }
            runs_as_planned(&shop, &operation, &variables, what).await;
        }
    }
}

#[tokio::test]
async fn an_operation_of_somebody_who_has_nothing_is_within_its_plan() {
    let shop = Shop::open().await;
    for operation in operations().into_iter().filter(|it| !it.is_mutation()) {
        let what = format!("{} {} with nothing to find", operation.kind, operation.name);
        shop.domain.calls().clear();
        let headers = [match operation.kind {
            Kind::Iot => ("x-device-id", "shelf-9999"),
            _ => ("x-user-id", "user-nobody-at-all"),
        }];
        let to = shop.address(operation.kind);
        let answer = shop.post(to, operation.body(&operation.full), &headers).await;
        assert!(answer.body.get("data").is_some(), "{what}: {}", answer.text);
        within(&operation.plan, &shop.domain.calls().list(), &what);
    }
}
