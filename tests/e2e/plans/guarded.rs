//! A schema change without updated plans is found, and the message says where.

use std::path::Path;

use operation::Preparer;
use operation::schema::SchemaIndex;

use crate::support::{Kind, contracts, preparer};

/// A field of each client, and an operation that selects it.
const FIELDS: [(Kind, &str, &str); 3] = [
    (Kind::Mobile, "cartCount", "Home"),
    (Kind::Web, "shippingOptions", "ProductPage"),
    (Kind::Iot, "price", "Shelf"),
];

/// The preparer of a BFF whose schema has one text replaced.
fn altered(kind: Kind, from: &str, to: &str) -> Preparer {
    let sdl = kind.client().internal_sdl();
    let changed = sdl.replace(from, to);
    assert_ne!(sdl, changed, "the schema does not say {from}");
    Preparer { schema_index: SchemaIndex::of(&changed), ..preparer(kind) }
}

/// The problems that `check` finds in one operation.
fn problems(kind: Kind, preparer: &Preparer, operation: &str) -> Vec<String> {
    let problems = contracts(kind).check(preparer);
    let of_operation = |path: &Path| path.file_stem().is_some_and(|name| name == operation);
    problems.into_iter().filter(|it| of_operation(&it.path)).map(|it| it.problem).collect()
}

/// The whole `@fetch` of a field, as the schema writes it.
fn directive(kind: Kind, field: &str) -> String {
    let sdl = kind.client().internal_sdl();
    let lines = sdl.lines().skip_while(|line| {
        let line = line.trim_start();
        !(line.starts_with(&format!("{field}:")) || line.starts_with(&format!("{field}(")))
    });
    let line =
        lines.into_iter().find(|line| line.contains(" @fetch")).unwrap_or_else(|| panic!("no field {field}"));
    let directive = &line[line.find(" @fetch").unwrap()..];
    let others = [" @bounds", " @reads"].into_iter().filter_map(|other| directive.find(other));
    directive[..others.min().unwrap_or(directive.len())].to_owned()
}

/// The line of a committed plan that a problem names.
fn line_of(kind: Kind, operation: &str, problem: &str) -> String {
    let number = problem.strip_prefix("line ").and_then(|rest| rest.split([' ', ':']).next()).unwrap();
    let plan = std::fs::read_to_string(contracts(kind).plan_path(operation)).unwrap();
    plan.lines().nth(number.parse::<usize>().unwrap() - 1).unwrap().trim().to_owned()
}

#[test]
fn a_fetch_that_is_taken_away_is_found() {
    for (kind, field, operation) in FIELDS {
        let problems = problems(kind, &altered(kind, &directive(kind, field), ""), operation);
        let [problem] = &problems[..] else { panic!("{kind} {operation}: {problems:?}") };
        let said = line_of(kind, operation, problem);
        assert!(problem.contains(&format!("says `{said}`, the operation does `")), "{problem}");
    }
}

#[test]
fn a_call_that_is_added_behind_another_is_found() {
    // The added call comes after the prices of the cards: a third wave, where two are allowed.
    let (kind, operation) = (Kind::Mobile, "Home");
    let one = r#"{name: "PriceOf", "#;
    let chain = r#"{name: "StockOf", kind: FETCH, rpc: "shop.inventory.v1.InventoryService/BatchGetStock", by: ["parent.id"], reads: ["product_id"], keys: 100, idempotency: NO_SIDE_EFFECTS, public: true}, {name: "PriceOf", "#;
    let problems = problems(kind, &altered(kind, one, chain), operation);
    let budget = problems.iter().find(|it| it.starts_with("line 3: 3 waves, 2 in the budget of queries"));
    let budget = budget.unwrap_or_else(|| panic!("{problems:?}"));
    assert!(budget.contains("PriceOf for home.recommended.price (line "), "{budget}");
    assert!(line_of(kind, operation, budget).starts_with("waves"));
    let committed = problems.iter().find(|it| it.contains("says `"));
    let committed = committed.unwrap_or_else(|| panic!("{problems:?}"));
    assert_eq!(line_of(kind, operation, committed), "waves   2");
}

#[test]
fn a_fallback_that_is_dropped_is_found() {
    for (kind, field, operation) in FIELDS {
        let own = directive(kind, field);
        let without = own.replace(r#", fallback: "null""#, "");
        assert_ne!(own, without);
        let problems = problems(kind, &altered(kind, &own, &without), operation);
        let [problem] = &problems[..] else { panic!("{kind} {operation}: {problems:?}") };
        let said = line_of(kind, operation, problem);
        assert!(problem.contains(&format!("says `{said}`")), "{problem}");
        assert!(
            problem.contains("optional") && problem.contains("critical"),
            "{kind} {operation}: {problem}"
        );
    }
}
