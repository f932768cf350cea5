//! The operations that a client has released: manifests, and the operations that a server takes from them.

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
    /// Operations of the version.
    pub operations: Vec<ReleasedOperation>,
    /// Path of the manifest that lists the operations.
    pub path: PathBuf,
}

/// A problem with a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestError {
    /// Path of the manifest, or of the folder of all manifests.
    pub path: PathBuf,
    /// Description of the problem.
    pub problem: String,
}

impl Release {
    /// Parses the text of the manifest at a path, in any of the formats.
    pub fn parse(path: &Path, text: &str) -> Result<Self, ManifestError> {
        let operations = manifest::parse(text).map_err(|problem| ManifestError::new(path, problem))?;
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Self { version: manifest::version_of(&file).to_owned(), operations, path: path.to_owned() })
    }

    /// Parses all these manifests; returns their releases, the oldest first.
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
    /// Creates the error of a manifest or folder.
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
