//! The operations that the clients ship, with variables to run them with.

use std::path::{Path, PathBuf};
use std::sync::Once;

use contracts::{Example, Folder};
use operation::Plan;
use operation::Preparer;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Answer, Kind, Shop, snapshot};

/// Environment variable that names another folder of contracts to test than the project's own.
pub(crate) const SCHEMA: &str = "SCHEMA_FOLDER";

/// An operation of a client.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) plan: Plan,
    /// Variables as the client sends them, optional ones included.
    pub(crate) full: Value,
    /// Required variables alone.
    pub(crate) minimal: Value,
}

impl Operation {
    /// The body of the operation's request.
    pub(crate) fn body(&self, variables: &Value) -> Value {
        json!({ "query": self.text, "variables": variables })
    }

    /// Runs the operation.
    pub(crate) async fn run(&self, shop: &Shop, variables: &Value) -> Answer {
        shop.query_with(self.kind, self.body(variables)).await
    }

    pub(crate) fn is_mutation(&self) -> bool {
        self.plan.kind == "mutation"
    }

    /// Variables with each list length at its bound or at `size`. Lists of ids are filled from `ids`.
    pub(crate) fn sized(&self, size: Option<u64>, ids: &[String]) -> Value {
        let mut variables = self.full.clone();
        for (name, most) in &self.plan.lists {
            let size = size.unwrap_or(*most);
            variables[name] = match variables.get(name) {
                Some(Value::Array(_)) => ids.iter().take(usize::try_from(size).unwrap()).cloned().collect(),
                // A list is never fetched with a length of 0.
                _ => json!(size.max(1)),
            };
        }
        variables
    }

    /// The length of a list that a variable of the operation sets, with these variables sent.
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

/// The folder of a client's contracts. When snapshots are updated, the plans are written first, before any test reads
/// them.
pub(crate) fn contracts(kind: Kind) -> Folder {
    static WRITTEN: Once = Once::new();
    if snapshot::is_updating() {
        WRITTEN.call_once(|| {
            for kind in Kind::ALL {
                // Operations without a plan are reported by the test that checks all.
                let _written = in_folder(&schema_folder(), kind).write_plans(&preparer(kind));
            }
        });
    }
    in_folder(&schema_folder(), kind)
}

/// A client's contracts in a folder of all contracts.
pub(crate) fn in_folder(schema: &Path, kind: Kind) -> Folder {
    Folder::new(schema.join(kind.to_string()))
}

/// The folder of all contracts: the project's, or the copy that a run is to test.
pub(crate) fn schema_folder() -> PathBuf {
    #[expect(clippy::disallowed_methods, reason = "a switch of the test run, not configuration")]
    let other = std::env::var(SCHEMA);
    other.map_or_else(|_| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../schema"), PathBuf::from)
}

/// A copy of the folder of all contracts, for a test to change.
pub(crate) fn copied_schema() -> TempDir {
    fn copy(from: &Path, to: &Path) {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let (entry, to) = (entry.as_ref().unwrap(), to.join(entry.as_ref().unwrap().file_name()));
            if entry.path().is_dir() {
                copy(&entry.path(), &to);
            } else {
                std::fs::copy(entry.path(), to).unwrap();
            }
        }
    }
    let folder = tempfile::tempdir().unwrap();
    copy(&schema_folder(), folder.path());
    folder
}

/// The preparer of a client.
pub(crate) fn preparer(kind: Kind) -> Preparer {
    bff_kit::host::preparer(kind.client())
}

/// Every operation of every client.
pub(crate) fn operations() -> Vec<Operation> {
    Kind::ALL.into_iter().flat_map(of_client).collect()
}

fn of_client(kind: Kind) -> Vec<Operation> {
    let preparer = preparer(kind);
    let examples = contracts(kind).examples().unwrap();
    let files = contracts(kind).operations().unwrap();
    let operation = |file: contracts::OperationFile| {
        // Operations without a plan or an example are reported once, by the test that checks all.
        let (plan, example) = (preparer.plan(&file.text).ok()?, examples.get(&file.name)?);
        let Example { variables: full, minimal } = example.clone();
        Some(Operation { kind, plan, full, minimal, name: file.name, text: file.text })
    };
    files.into_iter().filter_map(operation).collect()
}
