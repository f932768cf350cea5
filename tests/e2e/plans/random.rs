//! Random operations over every schema: none asks more than its plan, and hoisting changes no answer.

use std::fmt::Write as _;

use bff_kit::Planner;
use bff_kit::schema::{Argument, Catalogue, FieldInfo};

use super::within;
use crate::support::{Answer, Dice, Kind, Shop, device_id, order_id, planner, product_id};

/// Operations tried for each client.
const OPERATIONS: [(Kind, u32); 3] = [(Kind::Mobile, 900), (Kind::Web, 900), (Kind::Iot, 300)];

/// Fields of one operation at most: enough for every shape, few enough to run thousands.
const FIELDS: usize = 40;

/// Writes random queries that fit a schema.
struct Writer<'a> {
    kind: Kind,
    catalogue: &'a Catalogue,
    dice: Dice,
    fields: usize,
    aliases: usize,
}

impl Writer<'_> {
    fn query(&mut self) -> String {
        (self.fields, self.aliases) = (0, 0);
        let root = self.catalogue.query().to_owned();
        format!("query Random {}", self.object(&root, 1))
    }

    fn pick(&mut self, of: usize) -> usize {
        usize::try_from(self.dice.roll(of as u64)).unwrap()
    }

    /// A selection of some fields of a type.
    fn object(&mut self, type_name: &str, depth: usize) -> String {
        let catalogue = self.catalogue;
        let fields: Vec<_> = catalogue.fields(type_name).unwrap().iter().collect();
        let mut text = "{ __typename".to_owned();
        let wanted = 1 + self.pick(fields.len().min(5));
        for _ in 0..wanted {
            let (name, info) = fields[self.pick(fields.len())];
            let selection = self.field(type_name, name, info, depth);
            write!(text, " {selection}").unwrap();
        }
        for implementation in catalogue.implementations(type_name) {
            if self.dice.roll(10) < 7 {
                let selection = self.object(implementation, depth + 1);
                write!(text, " ... on {implementation} {selection}").unwrap();
            }
        }
        text + " }"
    }

    fn field(&mut self, type_name: &str, name: &str, info: &FieldInfo, depth: usize) -> String {
        let is_object = self.catalogue.fields(&info.type_name).is_some();
        // Six deep is enough for each client, and what is selected is bounded.
        if is_object && (depth > 6 || self.fields > FIELDS) {
            return "__typename".to_owned();
        }
        self.fields += 1;
        self.aliases += 1;
        // The same field twice, with other arguments, needs another name.
        let arguments = self.arguments(type_name, name, info);
        let mut text = format!("a{}: {name}{arguments}", self.aliases);
        if is_object {
            let selection = self.object(&info.type_name, depth + 1);
            write!(text, " {selection}").unwrap();
        }
        text
    }

    fn arguments(&mut self, type_name: &str, field: &str, info: &FieldInfo) -> String {
        let mut given = Vec::new();
        for (name, argument) in &info.arguments {
            let needed = argument.written_type.ends_with('!') && argument.default.is_none();
            if needed || (name != "after" && self.dice.roll(2) == 0) {
                given.push(format!("{name}: {}", self.value(type_name, field, name, argument, info)));
            }
        }
        if given.is_empty() { String::new() } else { format!("({})", given.join(", ")) }
    }

    fn value(&mut self, type_name: &str, field: &str, name: &str, it: &Argument, info: &FieldInfo) -> String {
        let products = ["kettle-gooseneck-09", "teapot-cast-iron-08", "no-such-product"];
        let product = product_id(products[self.pick(products.len())]);
        let order = order_id("order-000001");
        match (name, it.written_type.as_str()) {
            ("first", _) => {
                let most = info.bounds.items.unwrap_or(1);
                (1 + self.dice.roll(u64::from(most.min(7)))).to_string()
            }
            ("skip", _) => self.dice.roll(5).to_string(),
            ("query", _) => "\"lamp\"".to_owned(),
            ("country", _) => "\"FR\"".to_owned(),
            ("category", _) => "null".to_owned(),
            ("ids", _) => format!("[\"{product}\", \"{order}\"]"),
            ("device", _) => format!("\"{}\"", device_id("shelf-0001")),
            ("id", _) if self.kind == Kind::Iot => format!("\"{}\"", device_id("shelf-0001")),
            ("id", _) if field == "order" => format!("\"{order}\""),
            ("id", _) if field == "node" && self.dice.roll(10) < 3 => format!("\"{order}\""),
            ("id" | "product", _) => format!("\"{product}\""),
            _ => panic!("no value for {type_name}.{field}({name}: {})", it.written_type),
        }
    }
}

/// One operation: within its plan, and the same with hoisting and without.
async fn holds(kind: Kind, plans: &Planner, hoisted: &Shop, unhoisted: &Shop, query: &str) -> bool {
    let Ok(plan) = plans.plan(query) else { return false };
    hoisted.domain.calls().clear();
    let with = hoisted.ask(kind, query).await;
    within(&plan, &hoisted.domain.calls().list(), query);
    let without = unhoisted.ask(kind, query).await;
    let told = |answer: &Answer| (answer.errors(), answer.degraded());
    assert_eq!(told(&with), told(&without), "{query}");
    assert_eq!(with.body, without.body, "{query}");
    assert!(with.body.get("data").is_some(), "{query}: {}", with.text);
    true
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_operations_keep_their_plans_and_answer_the_same_without_hoisting() {
    let hoisted = Shop::open().await;
    let unhoisted = Shop::with(|config| config.upstream.hoisting = false).await;
    let mut tried = 0;
    for (kind, operations) in OPERATIONS {
        let catalogue = kind.catalogue();
        let planner = planner(kind);
        let mut writer = Writer { kind, catalogue: &catalogue, dice: Dice(2_026), fields: 0, aliases: 0 };
        let mut left = operations;
        while left > 0 {
            let query = writer.query();
            if holds(kind, &planner, &hoisted, &unhoisted, &query).await {
                left -= 1;
                tried += 1;
            }
        }
    }
    assert!(tried >= 2_000, "{tried}");
}
