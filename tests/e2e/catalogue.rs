//! Every client shows an imported foreign catalogue as its file has it. `CATALOG` names the file; the default is the
//! fixture of the domain's own tests.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use domain_stubs::import::{import, product_id as id_of_sku};
use serde_json::Value;

use crate::support::{Answer, Kind, Shop, product_id};

/// Products fetched in one request.
const AT_ONCE: usize = 20;

/// A line of the file, with the client-side id of its product.
struct Line {
    id: String,
    json: Value,
}

fn file() -> PathBuf {
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/../domain-stubs/tests/fixtures/catalogue.jsonl");
    std::env::var_os("CATALOG").map_or_else(|| fixture.into(), PathBuf::from)
}

impl Line {
    fn text(&self, field: &str) -> &str {
        self.json[field].as_str().unwrap()
    }

    fn currency(&self) -> &str {
        self.json["price"]["currency"].as_str().unwrap()
    }

    /// The amount as clients get it, with at least the decimals of its currency.
    fn amount(&self) -> String {
        let usual = if self.currency() == "JPY" { 0 } else { 2 };
        let amount = self.json["price"]["amount"].as_str().unwrap();
        let (units, decimals) = amount.split_once('.').unwrap_or((amount, ""));
        let decimals = format!("{:0<usual$}", decimals.trim_end_matches('0'));
        if decimals.is_empty() { units.to_owned() } else { format!("{units}.{decimals}") }
    }
}

/// A shop that has imported the file, with the valid lines.
async fn imported(folder: &tempfile::TempDir) -> (Shop, Vec<Line>) {
    let (file, data) = (file(), folder.path().join("shop.db"));
    let import = import(&file, &data, "2026-06-01T12:00:00Z".parse().unwrap()).unwrap();
    let rejected: BTreeSet<_> = import.refused.iter().map(|line| line.number).collect();
    let bytes = std::fs::read(&file).unwrap();
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    let lines: Vec<_> = (1..)
        .zip(text.split(|byte| *byte == b'\n'))
        .filter(|(number, line)| !line.trim_ascii().is_empty() && !rejected.contains(number))
        .map(|(_, line)| {
            let json: Value = serde_json::from_slice(line).unwrap();
            Line { id: product_id(&id_of_sku(json["sku"].as_str().unwrap())), json }
        })
        .collect();
    assert_eq!(lines.len(), import.imported);
    // The project's own file has eight bad lines, which the tests of the import check one by one.
    let expected = if std::env::var_os("CATALOG").is_some() { 0 } else { 8 };
    assert_eq!(rejected.len(), expected, "{:?}", import.refused);
    assert!(!lines.is_empty(), "{} has no line", file.display());
    eprintln!("{}: {} products imported", file.display(), lines.len());
    // No client sends twenty products under aliases, but they make the test fast.
    let shop = Shop::over(Some(data), |config| {
        let limits = &mut config.limits;
        for limit in
            [&mut limits.aliases, &mut limits.root_fields, &mut limits.tokens, &mut limits.selections]
        {
            *limit = Some(10_000);
        }
        limits.cost = Some(100_000);
    });
    (shop.await, lines)
}

/// Queries `field` of several products at once, under the aliases `p0`, `p1` and so on.
async fn select(shop: &Shop, kind: Kind, lines: &[Line], field: &str) -> Answer {
    let mut query = "{".to_owned();
    for (index, line) in lines.iter().enumerate() {
        write!(query, " p{index}: {}", field.replace("ID", &line.id)).unwrap();
    }
    let query = query + " }";
    match kind {
        Kind::Mobile => shop.mobile(&query).await.whole(),
        Kind::Web => shop.web(&query).await.whole(),
        Kind::Iot => shop.iot(&query).await.whole(),
    }
}

#[tokio::test]
async fn every_client_shows_every_product_as_the_file_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let (shop, lines) = imported(&folder).await;
    for lines in lines.chunks(AT_ONCE) {
        shop.calls();
        let mobile = "product(id: \"ID\") { name inStock price { text amount currency was } }";
        let mobile = select(&shop, Kind::Mobile, lines, mobile).await;
        let calls = shop.calls();
        let catalogue = calls.lines().filter(|line| line.contains("CatalogService"));
        assert_eq!(catalogue.collect::<Vec<_>>(), [one_call(lines.len())], "all of them in one call");
        let web = "product(id: \"ID\") { name brand description stock { available }
            price { current { amount currency } list { amount currency } promotions { label } } }";
        let web = select(&shop, Kind::Web, lines, web).await;
        let iot = select(&shop, Kind::Iot, lines, "inStock(product: \"ID\")").await;

        for (index, line) in lines.iter().enumerate() {
            let sku = line.text("sku");
            let (amount, currency) = (line.amount(), line.currency());
            let [mobile, web, iot] =
                [&mobile, &web, &iot].map(|answer| answer.data(&format!("/p{index}")).clone());
            assert_eq!(mobile["name"], line.text("name"), "{sku}");
            assert_eq!(mobile["price"]["amount"], amount, "{sku}");
            assert_eq!(mobile["price"]["currency"], currency, "{sku}");
            assert_eq!(mobile["price"]["was"], Value::Null, "{sku}");
            let text = mobile["price"]["text"].as_str().unwrap().replace(',', "");
            assert!(text.contains(&amount) && text != amount, "{sku}: {text} has an amount and a currency");

            for field in ["name", "brand", "description"] {
                assert_eq!(web[field], line.text(field), "{sku}: {field}");
            }
            let price = serde_json::json!({ "amount": amount, "currency": currency });
            assert_eq!(web["price"]["list"], price, "{sku}");
            assert_eq!(web["price"]["current"], price, "{sku}");

            assert!(iot.is_boolean(), "{sku}");
            assert_eq!((&mobile["inStock"], &web["stock"]["available"]), (&iot, &iot), "{sku}");
        }
    }
}

#[tokio::test]
async fn every_product_is_listed_in_its_category() {
    let folder = tempfile::tempdir().unwrap();
    let (shop, lines) = imported(&folder).await;
    let answer = shop.web("{ categories { id name productCount } }").await.whole();
    let categories = answer.data("/categories").as_array().unwrap().clone();
    let mut expected: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for line in &lines {
        expected.entry(line.text("category").to_ascii_lowercase()).or_default().insert(&line.id);
    }
    for (name, ids) in expected {
        let category = categories.iter().find(|it| it["name"].as_str().unwrap().to_ascii_lowercase() == name);
        let category = category.unwrap_or_else(|| panic!("there is no category {name}"));
        let listed = listed(&shop, category["id"].as_str().unwrap()).await;
        assert_eq!(category["productCount"], listed.len(), "{name}");
        for id in ids {
            assert!(listed.contains(id), "{id} is not in {name}");
        }
    }
}

/// The ids of all products of a category, page by page.
async fn listed(shop: &Shop, category: &str) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    let mut after = String::new();
    loop {
        let page = "{ nodes { id } pageInfo { hasNextPage endCursor } }";
        let query = format!("{{ products(category: \"{category}\", first: 50 {after}) {page} }}");
        let answer = shop.web(&query).await.whole();
        let nodes = answer.data("/products/nodes").as_array().unwrap();
        ids.extend(nodes.iter().map(|node| node["id"].as_str().unwrap().to_owned()));
        if answer.data("/products/pageInfo/hasNextPage") == false {
            return ids;
        }
        after = format!(", after: {}", answer.data("/products/pageInfo/endCursor"));
    }
}

/// The one call to the catalogue, in the shop's notation.
fn one_call(keys: usize) -> String {
    format!("CatalogService/BatchGetProducts ×1, keys [{keys}]")
}
