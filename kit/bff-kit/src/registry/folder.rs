//! The folder of manifests, looked at again and again.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use crate::contracts::{ContractError, Contracts, Released};
use crate::planner::Planner;
use crate::reload::Looks;

/// The folder a server takes its registered operations from.
#[derive(Debug)]
pub(crate) struct ManifestFolder {
    contracts: Contracts,
    path: PathBuf,
    /// None where there was no folder to look into.
    seen: Option<Vec<Seen>>,
    /// Whether it ever held an operation.
    held: bool,
}

/// What tells that a file is not what it was: name, length and time.
type Seen = (PathBuf, u64, Option<SystemTime>);

impl ManifestFolder {
    /// The manifests in a folder `schema/<client>`.
    pub(crate) fn new(folder: &Path) -> Self {
        Self { contracts: Contracts::new(folder), path: folder.join("manifests"), seen: None, held: false }
    }

    /// Prepares what is there now. A folder that is not there is an error: an operator who names one means it, and one
    /// that is being replaced must not make a server forget what it knows. For the same reason manifests that were there
    /// may change, but not all of them go.
    pub(crate) fn load(&mut self, planner: &Planner) -> Result<Released, Vec<ContractError>> {
        self.seen = self.look();
        let wrong = |problem: String| vec![ContractError::new(&self.path, problem)];
        if let Err(error) = std::fs::read_dir(&self.path) {
            return Err(wrong(format!("cannot be read: {error}")));
        }
        let released = Released::load(&self.contracts, planner)?;
        if released.is_empty() && self.held {
            return Err(wrong("holds no operation any more".to_owned()));
        }
        self.held |= !released.is_empty();
        Ok(released)
    }

    /// Looks at the folder again and again for as long as it is polled, and hands over what is there when that has
    /// changed, or somebody asks for it. Files are read, and operations prepared, beside the requests.
    pub(crate) async fn watch(
        mut self,
        mut looks: Looks,
        planner: Arc<Planner>,
        take: impl Fn(Result<Released, Vec<ContractError>>),
    ) {
        loop {
            let asked = looks.next().await;
            let planner = planner.clone();
            let looking = tokio::task::spawn_blocking(move || {
                let loaded = if asked { Some(self.load(&planner)) } else { self.reload(&planner) };
                (self, loaded)
            });
            let Ok((folder, loaded)) = looking.await else { return };
            self = folder;
            if let Some(loaded) = loaded {
                take(loaded);
            }
        }
    }

    /// Prepares what is there, if that is not what was there when it was looked at last. One that was written while
    /// it was read is looked at again.
    fn reload(&mut self, planner: &Planner) -> Option<Result<Released, Vec<ContractError>>> {
        (self.look() != self.seen).then(|| self.load(planner))
    }

    fn look(&self) -> Option<Vec<Seen>> {
        let entries = std::fs::read_dir(&self.path).ok()?;
        let seen = entries.flatten().filter_map(|entry| {
            // Behind a link, as orchestrators mount configuration, the file itself is what counts.
            let metadata = std::fs::metadata(entry.path()).ok()?;
            Some((entry.path(), metadata.len(), metadata.modified().ok()))
        });
        let mut seen: Vec<_> = seen.collect();
        seen.sort();
        Some(seen)
    }
}
