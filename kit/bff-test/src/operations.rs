//! The operations that a client ships, with variables to run them with.

use contracts::{Example, Folder};
use operation::Plan;
use serde_json::{Value, json};

use crate::bff::Bff;

/// An operation of a client.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Name of the operation.
    pub name: String,
    /// Text of the operation.
    pub text: String,
    /// Plan of the operation.
    pub plan: Plan,
    /// Variables as the client sends them, optional ones included.
    pub full: Value,
    /// Required variables alone.
    pub minimal: Value,
}

impl Operation {
    /// Returns the body of the operation's request.
    #[must_use]
    pub fn body(&self, variables: &Value) -> Value {
        json!({ "query": self.text, "variables": variables })
    }

    /// Returns true for a mutation.
    #[must_use]
    pub fn is_mutation(&self) -> bool {
        self.plan.kind == "mutation"
    }

    /// Returns the variables with each list length at its bound or at `size`. Lists of ids repeat the ids that they hold.
    #[must_use]
    pub fn sized(&self, size: Option<u64>) -> Value {
        let mut variables = self.full.clone();
        for (name, most) in &self.plan.lists {
            let size = size.unwrap_or(*most);
            variables[name] = match variables.get(name) {
                Some(Value::Array(items)) => {
                    items.iter().cycle().take(usize::try_from(size).unwrap_or(usize::MAX)).cloned().collect()
                }
                // A list is never fetched with a length of 0.
                _ => json!(size.max(1)),
            };
        }
        variables
    }

    /// Returns the length of a list that a variable of the operation sets, with these variables sent.
    #[must_use]
    pub fn length(&self, variable: &str, variables: &Value) -> Option<u64> {
        let default = || {
            let document = async_graphql_parser::parse_query(&self.text).ok()?;
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

impl Bff {
    /// Returns the operations in the folder of the client's contracts, and the problems of those that cannot be planned or have
    /// no example. Both are empty without a folder.
    #[must_use]
    pub fn operations(&self) -> (Vec<Operation>, Vec<String>) {
        let Some(folder) = self.folder.as_ref().map(Folder::new) else { return Default::default() };
        let (files, examples) = match (folder.operations(), folder.examples()) {
            (Ok(files), Ok(examples)) => (files, examples),
            (Err(error), _) | (_, Err(error)) => return (Vec::new(), vec![error.to_string()]),
        };
        let preparer = self.preparer();
        let (mut operations, mut problems) = (Vec::new(), Vec::new());
        for file in files {
            let (name, text) = (file.name, file.text);
            let Some(Example { variables, minimal }) = examples.get(&name).cloned() else {
                problems.push(format!("{name} has no example in examples.json"));
                continue;
            };
            match preparer.plan(&text) {
                Ok(plan) => operations.push(Operation { name, text, plan, full: variables, minimal }),
                Err(error) => problems.push(format!("{name} has no plan: {error}")),
            }
        }
        (operations, problems)
    }
}
