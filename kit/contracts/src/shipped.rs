//! The operations of a client, ready to be tried.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;
use serde_json::Value;

use crate::error::ContractError;
use crate::folder::Folder;
use crate::operations::printed;

/// An operation of a client, with variables to try it with.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Shipped {
    /// Name of the operation.
    pub name: String,
    /// The release it belongs to, if today's operation of that name differs or does not exist; `None` for an operation of
    /// today.
    pub release: Option<String>,
    /// Text of the operation.
    pub text: String,
    /// Example variables, of those that the operation declares: a JSON object.
    pub variables: Value,
}

impl Folder {
    /// Returns the operations of today, then those of releases that differ, newest release first. Without a file of examples
    /// they have no variables.
    pub fn shipped(&self) -> Result<Vec<Shipped>, ContractError> {
        let examples =
            if self.0.join("examples.json").exists() { self.examples()? } else { BTreeMap::default() };
        let shipped = |release: Option<&str>, name: String, text: String| {
            let all = examples.get(&name).and_then(|example| example.variables.as_object());
            let declared = |(name, _): &(&String, &Value)| text.contains(&format!("${name}"));
            let own = all.into_iter().flatten().filter(declared);
            Shipped {
                variables: Value::Object(own.map(|(name, value)| (name.clone(), value.clone())).collect()),
                release: release.map(str::to_owned),
                name,
                text,
            }
        };
        let today = self.operations()?.into_iter();
        let mut all: Vec<_> = today.map(|it| shipped(None, it.name, it.text)).collect();
        // Registered documents have no comments.
        let mut known: HashSet<_> = all.iter().map(|it| printed(&it.text)).collect();
        for release in self.releases()?.into_iter().rev() {
            for operation in release.operations {
                if known.insert(printed(&operation.text)) {
                    all.push(shipped(Some(&release.version), operation.name, operation.text));
                }
            }
        }
        Ok(all)
    }
}
