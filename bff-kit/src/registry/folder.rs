//! The folder of manifests, looked at again and again.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::contracts::{ContractError, Contracts, Released};
use crate::planner::Planner;

/// The folder a server takes its registered operations from.
#[derive(Debug)]
pub(crate) struct ManifestFolder {
    contracts: Contracts,
    path: PathBuf,
    seen: Vec<Seen>,
}

/// What tells that a file is not what it was: name, length and time.
type Seen = (PathBuf, u64, Option<SystemTime>);

impl ManifestFolder {
    /// The manifests in a folder `schema/<client>`.
    pub(crate) fn new(folder: &Path) -> Self {
        Self { contracts: Contracts::new(folder), path: folder.join("manifests"), seen: Vec::new() }
    }

    /// Prepares what is there now.
    pub(crate) fn load(&mut self, planner: &Planner) -> Result<Released, Vec<ContractError>> {
        self.seen = self.look();
        Released::load(&self.contracts, planner)
    }

    /// Prepares what is there, if that is not what was there when it was looked at last. One that was written while
    /// it was read is looked at again.
    pub(crate) fn reload(&mut self, planner: &Planner) -> Option<Result<Released, Vec<ContractError>>> {
        (self.look() != self.seen).then(|| self.load(planner))
    }

    fn look(&self) -> Vec<Seen> {
        let Ok(entries) = std::fs::read_dir(&self.path) else { return Vec::new() };
        let seen = entries.flatten().filter_map(|entry| {
            // Behind a link, as orchestrators mount configuration, the file itself is what counts.
            let metadata = std::fs::metadata(entry.path()).ok()?;
            Some((entry.path(), metadata.len(), metadata.modified().ok()))
        });
        let mut seen: Vec<_> = seen.collect();
        seen.sort();
        seen
    }
}
