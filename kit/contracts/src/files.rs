//! Access to the files of the folder, with errors that name the file.

use std::path::{Path, PathBuf};

use crate::error::ContractError;

pub(crate) fn read(path: &Path) -> Result<String, ContractError> {
    std::fs::read_to_string(path).map_err(|error| ContractError::new(path, error.to_string()))
}

/// Returns the files of a folder with this extension, sorted by name.
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
