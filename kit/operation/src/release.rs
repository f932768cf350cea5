//! The operations that a client has released: manifests, and what a server takes of them.

mod manifest;
mod releases;

use std::fmt;
use std::path::{Path, PathBuf};

pub use manifest::{ManifestFormat, ReleasedOperation, write_manifest};
pub use releases::Releases;

/// The operations of one released version of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// The version, such as `"5.2.0"`.
    pub version: String,
    /// Its operations.
    pub operations: Vec<ReleasedOperation>,
    /// The manifest that tells of it.
    pub path: PathBuf,
}

/// A manifest is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestError {
    /// The manifest, or the folder of all.
    pub path: PathBuf,
    /// What is wrong.
    pub problem: String,
}

impl Release {
    /// Reads the manifest at a path, in any of the formats.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ManifestError> {
        let operations = manifest::parse(text).map_err(|problem| ManifestError::new(path, problem))?;
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Self { version: manifest::version_of(&file).to_owned(), operations, path: path.to_owned() })
    }

    /// The releases of all these manifests, the oldest first.
    pub fn parse_all<'a>(
        manifests: impl IntoIterator<Item = &'a (PathBuf, String)>,
    ) -> Result<Vec<Self>, ManifestError> {
        let releases: Result<Vec<_>, _> =
            manifests.into_iter().map(|(path, text)| Self::parse(path, text)).collect();
        let mut releases = releases?;
        releases.sort_by_cached_key(|release| manifest::age_of(&release.version));
        Ok(releases)
    }
}

impl ManifestError {
    /// A problem with a manifest.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>, problem: impl Into<String>) -> Self {
        Self { path: path.into(), problem: problem.into() }
    }
}

impl fmt::Display for ManifestError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.path.display(), self.problem)
    }
}

impl std::error::Error for ManifestError {}
