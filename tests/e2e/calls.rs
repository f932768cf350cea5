//! Calls and keys per RPC, for every screen and for query shapes that tempt to call too often.

use std::fmt::Write as _;

use serde_json::json;

use crate::support::{ADA, Kind, SHELF, Shop, assert_snapshot, product_id, screens};

const EVERYTHING_MOBILE: &str =
    "id name thumbnail price { text was } inStock rating reviews { author text when }";
const EVERYTHING_WEB: &str = "id name description price { current { amount } } stock { total } \
     rating { average } reviews { nodes { text } } related { name price { current { amount } } stock { total } }";

#[tokio::test]
async fn every_screen_calls_each_service_as_often_as_reviewed() {
    let shop = Shop::open().await;
    let mut text = String::new();
    for screen in screens() {
        alone(&shop, screen.kind, &screen.query).await;
        writeln!(text, "{} {}\n{}", screen.kind, screen.name, indent(&shop.calls())).unwrap();
    }
    assert_snapshot("calls/screens.txt", &text);
}

#[tokio::test]
async fn lists_and_aliases_call_each_service_once_a_step() {
    let shop = Shop::open().await;
    let [kettle, teapot] = ["kettle-gooseneck-09", "teapot-cast-iron-08"].map(product_id);
    let (mobile, web) = (EVERYTHING_MOBILE, EVERYTHING_WEB);
    let two = |fields: &str, second: &str| {
        format!(
            "{{ a: product(id: \"{kettle}\") {{ {fields} }} b: product(id: \"{second}\") {{ {fields} }} }}"
        )
    };
    let queries = [
        (Kind::Mobile, format!("{{ products(first: 20) {{ items {{ {mobile} }} endCursor }} }}")),
        (Kind::Mobile, two("name inStock", &teapot)),
        (Kind::Mobile, two("name inStock", &kettle)),
        (
            Kind::Web,
            "{ products(first: 50) { nodes { name price { current { amount } } stock { total } rating { average } } } }"
                .to_owned(),
        ),
        (Kind::Web, format!("{{ products(first: 50) {{ nodes {{ {web} }} }} }}")),
        (
            Kind::Web,
            "{ a: products(first: 5) { nodes { stock { total } } }
               b: products(first: 5, skip: 5) { nodes { stock { total } } } }"
                .to_owned(),
        ),
        (
            Kind::Web,
            format!(
                "{{ nodes(ids: [\"{kettle}\", \"{teapot}\"]) {{ id ... on Product {{ name stock {{ total }} }} }} }}"
            ),
        ),
        (Kind::Iot, format!("{{ a: inStock(product: \"{kettle}\") b: inStock(product: \"{teapot}\") }}")),
    ];
    let mut text = String::new();
    for (kind, query) in queries {
        alone(&shop, kind, &query).await;
        let shown = query.replace(&kettle, "kettle").replace(&teapot, "teapot");
        let shown = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        writeln!(text, "{kind} {shown}\n{}", indent(&shop.calls())).unwrap();
    }
    assert_snapshot("calls/shapes.txt", &text);
}

/// Runs a query that shares nothing: not even fetches of its own share a call because they came at the same moment, which
/// depends on the machine.
async fn alone(shop: &Shop, kind: Kind, query: &str) {
    let who = if kind == Kind::Iot { SHELF } else { ADA };
    let headers = [who, ("x-bff-plan", "analyze")];
    let answer = shop.post(shop.address(kind), json!({ "query": query }), &headers).await;
    assert_eq!((answer.errors(), answer.degraded()), Default::default());
}

fn indent(text: &str) -> String {
    text.lines().fold(String::new(), |mut indented, line| {
        writeln!(indented, "  {line}").unwrap();
        indented
    })
}
