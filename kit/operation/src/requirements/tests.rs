use std::sync::Arc;

use rpc::{Policies, Policy, Rpc};

use crate::schema::SchemaIndex;
use crate::{CacheScope, Limits, Preparer};

const SDL: &str = r#"
schema { query: Query mutation: Mutation }
type Query {
  open: Item @fetch(steps: [{ name: "ItemOf", kind: FETCH, rpc: "test.v1.Items/Get", by: [], reads: [], keys: 1, idempotency: NO_SIDE_EFFECTS, public: true }])
  mine: Item @requires(user: true)
  any: Thing
}
type Mutation { order: Item @requires(user: true, scopes: ["orders.write", "orders.read"]) }
interface Thing { id: ID! }
type Item implements Thing { id: ID! cost: Int @requires(scopes: ["cost"]) item: Item @requires(user: true) }
type Secret implements Thing @requires(scopes: ["secret"]) { id: ID! text: String }
"#;

fn preparer() -> Preparer {
    const GET: Rpc = Rpc::read("test.v1.Items/Get").public();
    let policies = Policies::new().row("ItemOf", GET, Policy::within_ms(100).fresh_s(60));
    Preparer::new("test", SchemaIndex::of(SDL), Arc::new(policies), Limits::DEFAULT)
}

/// The lines of the plan about what an operation requires.
fn needs(text: &str) -> Vec<String> {
    let plan = preparer().plan(text).unwrap().to_string();
    let lines = plan.lines().skip_while(|line| !line.trim_start().starts_with("needs"));
    lines
        .take_while(|line| !line.is_empty())
        .map(|line| line.trim_start_matches("  needs").trim().to_owned())
        .collect()
}

#[test]
fn a_field_requires_what_it_and_its_type_declare_beyond_what_is_met_around_it() {
    for (text, expected) in [
        ("{ open { id } }", &[][..]),
        ("{ mine { id item { id } } }", &["a user, for mine"]),
        ("{ open { id item { item { id } } } }", &["a user, for open.item"]),
        ("{ mine { cost } a: open { cost } }", &["scope cost, for mine.cost, a.cost", "a user, for mine"]),
        ("mutation { order { id } }", &["a user with scopes orders.read, orders.write, for order"]),
        ("{ any { id } }", &["scope secret, for any.id"]),
        ("{ any { ... on Item { id cost } } }", &["scope cost, for any.cost"]),
        ("{ any { ... on Secret { id text } } }", &["scope secret, for any.id, any.text"]),
    ] {
        assert_eq!(needs(text), expected, "{text}");
    }
}

#[test]
fn what_not_everybody_may_get_is_kept_by_no_shared_cache() {
    for (text, scope) in [
        ("{ open { id } }", CacheScope::Public),
        ("{ open { id cost } }", CacheScope::Private),
        ("{ open { id } mine { id } }", CacheScope::Private),
    ] {
        let plan = preparer().plan(text).unwrap();
        assert_eq!((plan.cache.scope, plan.cache.max_age_s), (scope, 60), "{text}");
    }
    let plan = preparer().plan("{ open { cost } }").unwrap().to_string();
    assert!(plan.contains("(what open.cost needs depends on the principal)"), "{plan}");
}
