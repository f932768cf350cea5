//! The operations that the clients ship, with variables to run them with.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Once;

use contracts::Folder;
use operation::Preparer;
use serde_json::Value;
use tempfile::TempDir;

use super::{Answer, Kind, Shop, made_up, snapshot};

/// Environment variable that names another folder of contracts to test than the project's own.
pub(crate) const SCHEMA: &str = "SCHEMA_FOLDER";

/// An operation of a client.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(crate) kind: Kind,
    own: bff_test::Operation,
}

impl Deref for Operation {
    type Target = bff_test::Operation;

    fn deref(&self) -> &bff_test::Operation {
        &self.own
    }
}

impl Operation {
    /// Runs the operation.
    pub(crate) async fn run(&self, shop: &Shop, variables: &Value) -> Answer {
        shop.query_with(self.kind, self.body(variables)).await
    }

    /// Variables with each list length at its bound or at `size`. Lists of ids are filled from `ids`.
    pub(crate) fn filled(&self, size: Option<u64>, ids: &[String]) -> Value {
        let mut variables = self.sized(size);
        for (name, most) in &self.plan.lists {
            let size = usize::try_from(size.unwrap_or(*most)).unwrap();
            if variables[name].is_array() {
                variables[name] = ids.iter().take(size).cloned().collect();
            }
        }
        variables
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
    // Operations without a plan or an example are reported once, by the test that checks all.
    let (operations, _) = made_up(kind).operations();
    operations.into_iter().map(|own| Operation { kind, own }).collect()
}
