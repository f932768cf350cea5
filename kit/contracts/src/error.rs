//! What is wrong with a folder of contracts, and what to do about it.

use std::fmt;
use std::path::PathBuf;

use operation::ManifestError;

/// The folder, or a file in it, is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractError {
    /// The file or folder.
    pub path: PathBuf,
    /// What is wrong.
    pub problem: String,
    /// What to do where it is meant.
    pub way_out: Option<WayOut>,
}

/// What to do where the folder is meant as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WayOut {
    /// Write the plans of the operations, as they are now.
    WritePlans,
    /// Let an operation use more, and say why.
    Except,
}

impl ContractError {
    pub(crate) fn new(path: impl Into<PathBuf>, problem: impl Into<String>) -> Self {
        Self { path: path.into(), problem: problem.into(), way_out: None }
    }

    pub(crate) fn way_out(self, way_out: WayOut) -> Self {
        Self { way_out: Some(way_out), ..self }
    }
}

impl fmt::Display for ContractError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.path.display(), self.problem)
    }
}

impl std::error::Error for ContractError {}

impl From<ManifestError> for ContractError {
    fn from(error: ManifestError) -> Self {
        Self::new(error.path, error.problem)
    }
}
