//! The folder `schema/<client>`, and what stands in it.

use std::path::{Path, PathBuf};

use operation::Release;

use crate::budget::Budget;
use crate::error::ContractError;
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

pub(crate) fn read(path: &Path) -> Result<String, ContractError> {
    std::fs::read_to_string(path).map_err(|error| ContractError::new(path, error.to_string()))
}

/// The files of a folder with this extension, by name.
pub(crate) fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, ContractError> {
    let wrong = |error: std::io::Error| ContractError::new(folder, error.to_string());
    let entries: Result<Vec<_>, _> = std::fs::read_dir(folder).map_err(wrong)?.collect();
    let mut paths: Vec<_> = entries.map_err(wrong)?.into_iter().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|it| it == extension));
    paths.sort();
    Ok(paths)
}

pub(crate) fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}
