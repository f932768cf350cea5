//! Random operations over every schema, with variables, fragments, conditions and fields that are selected twice: none
//! exceeds its plan, and hoisting changes no answer.

use std::fmt::Write as _;

use operation::schema::{Argument, FieldInfo, SchemaIndex, StepKind};
use operation::{Plan, PlanText, Preparer};

use proto::admin::Call;
use serde_json::{Map, Value, json};

use super::within;
use crate::support::{Answer, Dice, Kind, Shop, device_id, id_of, order_id, preparer, product_id};

/// Operations tried for each client.
const OPERATIONS: [(Kind, u32); 3] = [(Kind::Mobile, 900), (Kind::Web, 900), (Kind::Iot, 300)];

/// Upper bound on the fields of one operation: enough for every shape, few enough to run thousands.
const FIELDS: usize = 40;

/// Writes random operations that fit a schema.
pub(super) struct Writer<'a> {
    kind: Kind,
    schema_index: &'a SchemaIndex,
    pub(super) dice: Dice,
    /// The operation written so far.
    so_far: Operation,
}

/// The parts of an operation.
#[derive(Default)]
struct Operation {
    fields: usize,
    aliases: usize,
    fragments: Vec<String>,
    /// Declared variables, each with its type.
    declared: Vec<String>,
    variables: Map<String, Value>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(kind: Kind, schema_index: &'a SchemaIndex) -> Self {
        Self { kind, schema_index, dice: Dice(2_026), so_far: Operation::default() }
    }

    /// A query, with its variables.
    pub(super) fn query(&mut self) -> (String, Value) {
        self.so_far = Operation::default();
        let root = self.schema_index.query().to_owned();
        let selection = self.object(&root, 1);
        self.whole("query", &selection)
    }

    /// A mutation of one field, with its variables. Each has its own idempotency key.
    fn mutation(&mut self, field: &str, number: usize) -> (String, Value) {
        self.so_far = Operation::default();
        let schema_index = self.schema_index;
        let info = schema_index.field(schema_index.mutation().unwrap(), field).unwrap();
        let ty = &info.arguments["input"].ty.to_string();
        let mut input = Map::new();
        for (name, at) in schema_index.input(ty.trim_end_matches('!')).unwrap() {
            let value = valid(name, &at.ty.to_string(), number);
            if !value.is_null() {
                input.insert(name.clone(), value);
            }
        }
        self.so_far.declared.push(format!("$input: {ty}"));
        self.so_far.variables.insert("input".to_owned(), Value::Object(input));
        let selection = self.object(&info.type_name, 2);
        self.whole("mutation", &format!("{{ {field}(input: $input) {selection} }}"))
    }

    fn whole(&mut self, kind: &str, selection: &str) -> (String, Value) {
        let Operation { declared, fragments, variables, .. } = std::mem::take(&mut self.so_far);
        let declared = if declared.is_empty() { String::new() } else { format!("({})", declared.join(", ")) };
        (format!("{kind} Random{declared} {selection}{}", fragments.concat()), Value::Object(variables))
    }

    /// Declares a new variable of a type.
    fn variable(&mut self, ty: &str, value: Value) -> String {
        let name = format!("v{}", self.so_far.declared.len());
        self.so_far.declared.push(format!("${name}: {ty}"));
        self.so_far.variables.insert(name.clone(), value);
        format!("${name}")
    }

    /// A random `@include` or `@skip`, with a literal or a variable; empty most of the time.
    fn condition(&mut self) -> String {
        if self.dice.roll(8) > 0 {
            return String::new();
        }
        let directive = ["include", "skip"][self.pick(2)];
        let applies = self.dice.roll(2) == 0;
        let value = if self.dice.roll(2) == 0 {
            self.variable("Boolean!", json!(applies))
        } else {
            applies.to_string()
        };
        format!(" @{directive}(if: {value})")
    }

    pub(super) fn pick(&mut self, of: usize) -> usize {
        usize::try_from(self.dice.roll(of as u64)).unwrap()
    }

    /// A selection of some fields of a type.
    fn object(&mut self, type_name: &str, depth: usize) -> String {
        let schema_index = self.schema_index;
        let fields: Vec<_> = schema_index.fields(type_name).unwrap().iter().collect();
        let mut text = "{ __typename".to_owned();
        let wanted = 1 + self.pick(fields.len().min(5));
        for _ in 0..wanted {
            let (name, info) = fields[self.pick(fields.len())];
            let selection = self.field(type_name, name, info, depth);
            match self.dice.roll(6) {
                0 => {
                    let fragment = format!("F{}", self.so_far.fragments.len());
                    let defined = format!(" fragment {fragment} on {type_name} {{ {selection} }}");
                    self.so_far.fragments.push(defined);
                    let condition = self.condition();
                    write!(text, " ...{fragment}{condition}").unwrap();
                }
                1 => {
                    let condition = self.condition();
                    write!(text, " ...{condition} {{ {selection} }}").unwrap();
                }
                _ => write!(text, " {selection}").unwrap(),
            }
        }
        for implementation in schema_index.possible(type_name) {
            if self.dice.roll(10) < 7 {
                let selection = self.object(implementation, depth + 1);
                write!(text, " ... on {implementation} {selection}").unwrap();
            }
        }
        text + " }"
    }

    fn field(&mut self, type_name: &str, name: &str, info: &FieldInfo, depth: usize) -> String {
        let is_object = self.schema_index.fields(&info.type_name).is_some();
        // A depth of six is enough for each client, and the number of fields is bounded.
        if is_object && (depth > 6 || self.so_far.fields > FIELDS) {
            return "__typename".to_owned();
        }
        self.so_far.fields += 1;
        self.so_far.aliases += 1;
        // Other arguments of the same field need another response key.
        let arguments = self.arguments(type_name, name, info);
        let field = format!("a{}: {name}{arguments}", self.so_far.aliases);
        // Equal arguments may keep the response key.
        let times = if self.dice.roll(8) == 0 { 2 } else { 1 };
        let mut text = Vec::new();
        for _ in 0..times {
            let condition = self.condition();
            let below = if is_object { self.object(&info.type_name, depth + 1) } else { String::new() };
            text.push(format!("{field}{condition} {below}"));
        }
        text.join(" ")
    }

    fn arguments(&mut self, type_name: &str, field: &str, info: &FieldInfo) -> String {
        let mut given = Vec::new();
        for (name, argument) in &info.arguments {
            let needed = argument.is_required();
            if needed || (name != "after" && self.dice.roll(2) == 0) {
                let value = self.value(type_name, field, name, argument, info);
                let value = if self.dice.roll(2) == 0 {
                    self.variable(&argument.ty.to_string(), serde_json::from_str(&value).unwrap())
                } else {
                    value
                };
                given.push(format!("{name}: {value}"));
            }
        }
        if given.is_empty() { String::new() } else { format!("({})", given.join(", ")) }
    }

    fn value(&mut self, type_name: &str, field: &str, name: &str, it: &Argument, info: &FieldInfo) -> String {
        let products = ["kettle-gooseneck-09", "teapot-cast-iron-08", "no-such-product"];
        let product = product_id(products[self.pick(products.len())]);
        let order = order_id("order-000001");
        match (name, it.ty.to_string().as_str()) {
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
            _ => panic!("no value for {type_name}.{field}({name}: {})", it.ty),
        }
    }
}

/// A valid value of an input field.
fn valid(name: &str, ty: &str, number: usize) -> Value {
    match name {
        "idempotencyKey" => json!(format!("random-key-{number}")),
        "productId" => json!(product_id("kettle-gooseneck-09")),
        "device" => json!(device_id("shelf-0001")),
        "notificationId" => json!(id_of("Notification", "no-such-notification")),
        "paymentMethodId" => json!(id_of("PaymentMethod", "pay-ada-lindqvist-1")),
        "country" => json!("FR"),
        "language" => json!("fr"),
        "rating" | "quantity" => json!(1),
        "text" | "shippingOption" => json!("standard"),
        _ if ty.starts_with('[') => json!([]),
        _ => Value::Null,
    }
}

/// Asserts that the text of a plan parses to the plan it was written from.
fn reads_back(plan: &Plan) {
    let text = plan.to_string();
    let read = PlanText::parse(&text);
    assert_eq!(read, PlanText::of(plan), "{text}");
    assert_eq!(read.to_string(), text);
}

/// Asserts that a query keeps to its plan and has the same answer with hoisting and without; returns false if it has no
/// plan.
async fn holds(
    kind: Kind,
    plans: &Preparer,
    hoisted: &Shop,
    unhoisted: &Shop,
    query: &(String, Value),
) -> bool {
    let (query, variables) = query;
    let plan = match plans.plan(query) {
        Ok(plan) => plan,
        Err(none) => {
            assert!(none.problems().iter().all(|it| it.message.contains("is the limit")), "{query}: {none}");
            return false;
        }
    };
    reads_back(&plan);
    let body = json!({ "query": query, "variables": variables });
    hoisted.domain.calls().clear();
    let with = hoisted.query_with(kind, body.clone()).await;
    within(&plan, &hoisted.domain.calls().list(), query);
    let without = unhoisted.query_with(kind, body).await;
    let told = |answer: &Answer| (answer.errors(), answer.degraded());
    assert_eq!(told(&with), told(&without), "{query} {variables}");
    assert_eq!(with.body, without.body, "{query} {variables}");
    assert!(with.body.get("data").is_some(), "{query} {variables}: {}", with.text);
    true
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_queries_keep_their_plans_and_answer_the_same_without_hoisting() {
    let hoisted = Shop::open().await;
    let unhoisted = Shop::with(|config| config.upstream.hoisting = false).await;
    let mut tried = 0;
    let mut with = [("($v", 0), (" fragment ", 0), ("@include(if: $", 0), ("@skip(if: false", 0)];
    for (kind, operations) in OPERATIONS {
        let schema_index = kind.schema_index();
        let preparer = preparer(kind);
        let mut writer = Writer::new(kind, &schema_index);
        let mut left = operations;
        while left > 0 {
            let query = writer.query();
            if holds(kind, &preparer, &hoisted, &unhoisted, &query).await {
                for (what, times) in &mut with {
                    *times += u32::from(query.0.contains(*what));
                }
                left -= 1;
                tried += 1;
            }
        }
    }
    assert!(tried >= 2_000, "{tried}");
    assert!(with.iter().all(|(_, times)| *times > 100), "{with:?}");
}

/// Mutations tried of each field: a cart may hold this many of a product.
const MUTATIONS: usize = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_mutations_keep_their_plans() {
    let shop = Shop::open().await;
    for kind in Kind::ALL {
        let schema_index = kind.schema_index();
        let preparer = preparer(kind);
        let mut writer = Writer::new(kind, &schema_index);
        for (field, info) in schema_index.fields(schema_index.mutation().unwrap()).unwrap() {
            let later = info.steps.iter().find(|step| step.kind == StepKind::CommandLater);
            let mut tried = 0;
            for number in 0.. {
                let (query, variables) = writer.mutation(field, number);
                let Ok(plan) = preparer.plan(&query) else { continue };
                reads_back(&plan);
                shop.domain.calls().clear();
                let body = json!({ "query": query, "variables": variables });
                let answer = shop.query_with(kind, body).await;
                assert!(answer.body.get("data").is_some(), "{query} {variables}: {}", answer.text);
                if let Some(later) = later {
                    // The request does not wait for this call; this test does, so that the call is not counted for the
                    // next request.
                    let arrived = |calls: &[Call]| calls.iter().any(|call| call.rpc == later.rpc);
                    shop.domain.calls().wait_until(arrived).await;
                }
                within(&plan, &shop.domain.calls().list(), &query);
                tried += 1;
                if tried == MUTATIONS {
                    break;
                }
            }
        }
    }
}
