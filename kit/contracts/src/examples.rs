//! Example variables for the operations of a client.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use operation::{Preparer, Release};

use crate::error::ContractError;
use crate::files::read;
use crate::folder::Folder;
use crate::operations::OperationFile;

/// Example variables for one operation.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// Variables as the client sends them, optional ones included: a JSON object.
    pub variables: serde_json::Value,
    /// Required variables alone: a JSON object.
    pub minimal: serde_json::Value,
}

impl Folder {
    /// Reads the examples in `examples.json`, by name of the operation.
    pub fn examples(&self) -> Result<BTreeMap<String, Example>, ContractError> {
        let path = self.0.join("examples.json");
        let text = read(&path)?;
        serde_json::from_str(&text).map_err(|error| ContractError::new(path, error.to_string()))
    }

    /// Returns errors for operations without an example, examples of no operation, and examples that an operation does
    /// not accept. Empty if there is no file of examples.
    pub(crate) fn check_examples(
        &self,
        operations: &[OperationFile],
        releases: &[Release],
        preparer: &Preparer,
    ) -> Vec<ContractError> {
        let path = self.0.join("examples.json");
        if !path.exists() {
            return Vec::new();
        }
        let examples = match self.examples() {
            Ok(examples) => examples,
            Err(error) => return vec![error],
        };
        let mut problems = Vec::new();
        for operation in operations {
            let name = &operation.name;
            let Some(Example { variables, minimal }) = examples.get(name) else {
                problems.push(format!(
                    "has no example of {name}; add one: \"{name}\": {{ \"variables\": {{…}}, \"minimal\": {{…}} }}"
                ));
                continue;
            };
            for (kind, sent) in [("variables", variables), ("minimal", minimal)] {
                let misfits = preparer.misfits(&operation.text, sent.clone());
                problems.extend(misfits.into_iter().map(|misfit| format!("{name}, {kind}: {misfit}")));
            }
        }
        let of_releases = releases.iter().flat_map(|release| &release.operations).map(|it| &it.name);
        let known: BTreeSet<_> = of_releases.chain(operations.iter().map(|it| &it.name)).collect();
        let stray = examples.keys().filter(|name| !known.contains(name));
        problems.extend(stray.map(|name| format!("{name} is no operation, of today or of a release")));
        problems.into_iter().map(|problem| ContractError::new(&path, problem)).collect()
    }
}
