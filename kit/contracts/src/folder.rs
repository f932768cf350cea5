//! The folder `schema/<client>` and its files.

use std::path::PathBuf;

use operation::Release;

use crate::budget::Budget;
use crate::error::ContractError;
use crate::files::{files, read};
use crate::operations::{OperationFile, Sources};

/// The folder `schema/<client>`.
#[derive(Clone, Debug)]
pub struct Folder(pub(crate) PathBuf);

impl Folder {
    /// Refers to the contracts in a folder, without reading them.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self(folder.into())
    }

    /// Reads the operations, sorted by name.
    pub fn operations(&self) -> Result<Vec<OperationFile>, ContractError> {
        Sources::read(&self.operation_folder()).map(|sources| sources.operations())
    }

    pub(crate) fn operation_folder(&self) -> PathBuf {
        self.0.join("operations")
    }

    pub(crate) fn operation_path(&self, operation: &str) -> PathBuf {
        self.operation_folder().join(format!("{operation}.graphql"))
    }

    /// Reads the releases from their manifests, the oldest first. Empty if there is no folder of manifests.
    pub fn releases(&self) -> Result<Vec<Release>, ContractError> {
        let folder = self.0.join("manifests");
        if !folder.is_dir() {
            return Ok(Vec::new());
        }
        let manifest = |path: PathBuf| read(&path).map(|text| (path, text));
        let manifests: Vec<_> =
            files(&folder, "json")?.into_iter().map(manifest).collect::<Result<_, _>>()?;
        Ok(Release::parse_all(&manifests)?)
    }

    /// Reads the budget of the client's operations.
    pub fn budget(&self) -> Result<Budget, ContractError> {
        let path = self.0.join("budget.toml");
        let text = read(&path)?;
        Budget::parse(&text).map_err(|problem| ContractError::new(path, problem))
    }
}
