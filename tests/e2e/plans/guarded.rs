//! A change that the plans were not told of is found, and the message says where.

use bff_kit::Planner;
use bff_kit::schema::Catalogue;

use crate::support::{Kind, contracts, planner};

/// The planner of the phone app's BFF, had its schema said something else.
fn altered(from: &str, to: &str) -> Planner {
    let sdl = Kind::Mobile.internal_sdl();
    let changed = sdl.replace(from, to);
    assert_ne!(sdl, changed, "the schema does not say {from}");
    planner(Kind::Mobile).with_catalogue(Catalogue::of(&changed))
}

fn problems(planner: &Planner) -> Vec<String> {
    let problems = contracts(Kind::Mobile).check(planner);
    problems
        .into_iter()
        .map(|it| format!("{}: {}", it.path.file_name().unwrap().display(), it.problem))
        .collect()
}

/// The whole `@fetch` of a field, as the schema writes it.
fn directive(field: &str) -> String {
    let sdl = Kind::Mobile.internal_sdl();
    let at = sdl.find(&format!("  {field}: ")).unwrap_or_else(|| panic!("no field {field}"));
    let line = sdl[at..].lines().next().unwrap();
    line[line.find(" @fetch").unwrap()..].to_owned()
}

#[test]
fn a_fetch_that_is_taken_away_is_found() {
    let problems = problems(&altered(&directive("cartCount"), ""));
    let found = problems.iter().find(|it| it.starts_with("Home.plan: line "));
    assert!(found.is_some_and(|it| it.contains("says `calls")), "{problems:?}");
}

#[test]
fn a_call_that_is_added_behind_another_is_found() {
    let one = r#"{name: "RatingOf", "#;
    let chain = r#"{name: "StockOf", kind: ASK, rpc: "shop.inventory.v1.InventoryService/BatchGetStock", by: ["parent.id"], reads: ["product_id"], keys: 100, effect: NONE, public: true}, {name: "RatingOf", "#;
    let problems = problems(&altered(one, chain));
    let budget = problems.iter().find(|it| it.contains("waves,") && it.contains("in the budget of queries"));
    assert!(budget.is_some_and(|it| it.contains("RatingOf for ")), "{problems:?}");
    assert!(problems.iter().any(|it| it.contains(".plan: line ")), "{problems:?}");
}

#[test]
fn a_fallback_that_is_dropped_is_found() {
    let own = directive("cartCount");
    let without = own.replace(r#", fallback: "null""#, "");
    assert_ne!(own, without);
    let problems = problems(&altered(&own, &without));
    let found = problems.iter().find(|it| it.starts_with("Home.plan: line "));
    assert!(found.is_some_and(|it| it.contains("says `is") && it.contains("critical")), "{problems:?}");
}
