//! The operations that the clients ship, with variables to run them with.

use std::path::PathBuf;

use bff_iot::Iot;
use bff_kit::Planner;
use bff_kit::contracts::Contracts;
use bff_kit::operation::Plan;
use bff_mobile::Mobile;
use bff_web::Web;
use serde_json::{Value, json};

use super::{Answer, Kind, Shop};

/// An operation of a client.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) plan: Plan,
    /// Variables as the client sends them, optional ones included.
    pub(crate) full: Value,
    /// Variables it cannot do without.
    pub(crate) minimal: Value,
}

impl Operation {
    /// The body of its request.
    pub(crate) fn body(&self, variables: &Value) -> Value {
        json!({ "query": self.text, "variables": variables })
    }

    /// Runs it.
    pub(crate) async fn run(&self, shop: &Shop, variables: &Value) -> Answer {
        shop.ask_with(self.kind, self.body(variables)).await
    }

    pub(crate) fn is_mutation(&self) -> bool {
        self.plan.kind == "mutation"
    }

    /// Every variable that says how long a list is, at its bound or at another number. Lists of ids are filled with
    /// these.
    pub(crate) fn sized(&self, size: Option<u64>, ids: &[String]) -> Value {
        let mut variables = self.full.clone();
        for (name, most) in &self.plan.lists {
            let size = size.unwrap_or(*most);
            variables[name] = match variables.get(name) {
                Some(Value::Array(_)) => ids.iter().take(usize::try_from(size).unwrap()).cloned().collect(),
                // No list is asked for that is to be empty.
                _ => json!(size.max(1)),
            };
        }
        variables
    }

    /// The length of a list that a variable of the operation says, where these are sent.
    pub(crate) fn length(&self, variable: &str, variables: &Value) -> Option<u64> {
        let default = || {
            let document = async_graphql::parser::parse_query(&self.text).ok()?;
            let (_, operation) = document.operations.iter().next()?;
            let definitions = &operation.node.variable_definitions;
            let definition = definitions.iter().find(|it| it.node.name.node == variable)?;
            definition.node.default_value.clone()?.node.into_json().ok()
        };
        match variables.get(variable).cloned().or_else(default)? {
            Value::Array(items) => Some(items.len() as u64),
            other => other.as_u64(),
        }
    }
}

/// The folder of a client's contracts.
pub(crate) fn contracts(kind: Kind) -> Contracts {
    Contracts::new(schema_folder().join(kind.to_string()))
}

/// The folder of all contracts.
pub(crate) fn schema_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../schema")
}

/// The planner of a client.
pub(crate) fn planner(kind: Kind) -> Planner {
    match kind {
        Kind::Mobile => Planner::of::<Mobile>(),
        Kind::Web => Planner::of::<Web>(),
        Kind::Iot => Planner::of::<Iot>(),
    }
}

/// Every operation of every client.
pub(crate) fn operations() -> Vec<Operation> {
    Kind::ALL.into_iter().flat_map(of_client).collect()
}

fn of_client(kind: Kind) -> Vec<Operation> {
    let planner = planner(kind);
    let examples = contracts(kind).examples().unwrap();
    let files = contracts(kind).operations().unwrap();
    let operation = |file: bff_kit::contracts::OperationFile| {
        let example =
            examples.get(&file.name).unwrap_or_else(|| panic!("{kind} {} has no example", file.name));
        Operation {
            kind,
            plan: planner.plan(&file.text).unwrap_or_else(|none| panic!("{kind} {}: {none}", file.name)),
            full: example.variables.clone(),
            minimal: example.minimal.clone(),
            name: file.name,
            text: file.text,
        }
    };
    files.into_iter().map(operation).collect()
}
