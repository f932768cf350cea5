//! Errors in a folder of contracts, and the steps to take if its state is intended.

use std::fmt;
use std::path::PathBuf;

use operation::ManifestError;

/// Error in the folder or in one of its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractError {
    /// File or folder that has the error.
    pub path: PathBuf,
    /// Description of the error.
    pub problem: String,
    /// Step to take if the state is intended; `None` if there is no such step.
    pub way_out: Option<WayOut>,
}

/// Step to take if the state of the folder is intended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WayOut {
    /// Write the plans of the operations, as they are now.
    WritePlans,
    /// Add an exemption that lets an operation use more, with its reason.
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
