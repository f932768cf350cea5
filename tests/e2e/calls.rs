//! Calls and keys for each RPC, for every root field.

use std::fmt::Write as _;

use crate::support::{Kind, Shop, assert_snapshot, product_id};

const EVERYTHING_MOBILE: &str =
    "id name thumbnail price { text was } inStock rating reviews { author text when }";
const EVERYTHING_WEB: &str = "id name description price { current { amount } } stock { total } \
     rating { average } reviews { nodes { text } } related { name price { current { amount } } stock { total } }";

#[tokio::test]
async fn every_root_field_asks_each_service_as_often_as_reviewed() {
    let shop = Shop::open().await;
    let [kettle, teapot] = ["kettle-gooseneck-09", "teapot-cast-iron-08"].map(product_id);
    let (mobile, web) = (EVERYTHING_MOBILE, EVERYTHING_WEB);
    let queries = [
        (Kind::Mobile, format!("{{ product(id: \"{kettle}\") {{ {mobile} }} }}")),
        (Kind::Mobile, format!("{{ products(first: 20) {{ items {{ {mobile} }} endCursor }} }}")),
        (Kind::Mobile, "{ categories { name } }".to_owned()),
        (
            Kind::Mobile,
            format!("{{ a: product(id: \"{kettle}\") {{ name inStock }} b: product(id: \"{teapot}\") {{ name inStock }} }}"),
        ),
        (
            Kind::Mobile,
            format!("{{ a: product(id: \"{kettle}\") {{ name inStock }} b: product(id: \"{kettle}\") {{ name inStock }} }}"),
        ),
        (Kind::Web, format!("{{ product(id: \"{kettle}\") {{ {web} }} }}")),
        (Kind::Web, format!("{{ products(first: 50) {{ nodes {{ {web} }} }} }}")),
        (Kind::Web, "{ a: products(first: 5) { nodes { stock { total } } } b: products(first: 5, skip: 5) { nodes { stock { total } } } }".to_owned()),
        (Kind::Web, "{ categories { name productCount } }".to_owned()),
        (Kind::Iot, format!("{{ inStock(product: \"{kettle}\") }}")),
        (Kind::Iot, format!("{{ a: inStock(product: \"{kettle}\") b: inStock(product: \"{teapot}\") }}")),
    ];
    let mut text = String::new();
    for (kind, query) in queries {
        shop.ask(kind, &query).await.whole();
        let shown = query.replace(&kettle, "kettle").replace(&teapot, "teapot");
        writeln!(text, "{kind} {shown}\n{}", indent(&shop.calls())).unwrap();
    }
    assert_snapshot("calls.txt", &text);
}

fn indent(text: &str) -> String {
    text.lines().fold(String::new(), |mut indented, line| {
        writeln!(indented, "  {line}").unwrap();
        indented
    })
}
