//! The folder `schema/<client>`, and what stands in it.

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
    /// The contracts in a folder.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self(folder.into())
    }

    /// The operations, by name.
    pub fn operations(&self) -> Result<Vec<OperationFile>, ContractError> {
        Sources::read(&self.operation_folder()).map(|sources| sources.operations())
    }

    pub(crate) fn operation_folder(&self) -> PathBuf {
        self.0.join("operations")
    }

    pub(crate) fn operation_path(&self, operation: &str) -> PathBuf {
        self.operation_folder().join(format!("{operation}.graphql"))
    }

    /// The released versions that manifests tell of, the oldest first. None where there is no such folder.
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

    /// What the client's operations may use.
    pub fn budget(&self) -> Result<Budget, ContractError> {
        let path = self.0.join("budget.toml");
        let text = read(&path)?;
        Budget::parse(&text).map_err(|problem| ContractError::new(path, problem))
    }
}
