//! The folder of manifests, checked at intervals.

use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::SystemTime;

use futures_util::{Stream, StreamExt as _};
use operation::{ManifestError, Preparer, Release, Releases};

/// The folder from which a server loads its registered operations.
#[derive(Debug)]
pub struct ManifestFolder {
    path: PathBuf,
    /// Files at the last check; `None` if there was no folder.
    seen: Option<Vec<Seen>>,
    /// True if the folder ever held an operation.
    held: bool,
}

/// Name, length and time of a file, by which a change is detected.
type Seen = (PathBuf, u64, Option<SystemTime>);

impl ManifestFolder {
    /// Creates the source of the manifests in a folder `schema/<client>`.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self { path: folder.join("manifests"), seen: None, held: false }
    }

    /// Prepares the operations of the current files. A missing folder is an error: an operator who names one means it,
    /// and a folder that is being replaced must not make a server forget its operations. For the same reason the
    /// manifests may change, but not all of them may disappear.
    pub fn load(&mut self, preparer: &Preparer) -> Result<Releases, Vec<ManifestError>> {
        self.seen = self.look();
        let wrong = |problem: String| vec![ManifestError::new(&self.path, problem)];
        if let Err(error) = std::fs::read_dir(&self.path) {
            return Err(wrong(format!("cannot be read: {error}")));
        }
        let manifests = self.releases().map_err(|error| vec![error])?;
        let released = Releases::prepare(&manifests, preparer)?;
        if released.is_empty() && self.held {
            return Err(wrong("holds no operation any more".to_owned()));
        }
        self.held |= !released.is_empty();
        Ok(released)
    }

    fn releases(&self) -> Result<Vec<Release>, ManifestError> {
        let paths = self.look().unwrap_or_default().into_iter().map(|(path, ..)| path);
        let manifests = paths.filter(|path| path.extension().is_some_and(|it| it == "json"));
        let read = |path: PathBuf| match std::fs::read_to_string(&path) {
            Ok(text) => Ok((path, text)),
            Err(error) => Err(ManifestError::new(path, error.to_string())),
        };
        Release::parse_all(&manifests.map(read).collect::<Result<Vec<_>, _>>()?)
    }

    /// Checks the folder at each of `looks`, for as long as it is polled, and passes the operations to `take` if the files
    /// have changed, or if the look is true: a reload was requested. Files are read, and operations prepared, beside the requests.
    pub async fn watch(
        mut self,
        looks: impl Stream<Item = bool> + Send,
        preparer: Arc<Preparer>,
        take: impl Fn(Result<Releases, Vec<ManifestError>>),
    ) {
        let mut looks = pin!(looks);
        while let Some(requested) = looks.next().await {
            let preparer = preparer.clone();
            let looking = tokio::task::spawn_blocking(move || {
                let loaded = if requested { Some(self.load(&preparer)) } else { self.reload(&preparer) };
                (self, loaded)
            });
            let Ok((folder, loaded)) = looking.await else { return };
            self = folder;
            if let Some(loaded) = loaded {
                take(loaded);
            }
        }
    }

    /// Prepares the operations if the files have changed since the last check; `None` if not. A file that was written
    /// while it was read counts as changed at the next check.
    fn reload(&mut self, preparer: &Preparer) -> Option<Result<Releases, Vec<ManifestError>>> {
        (self.look() != self.seen).then(|| self.load(preparer))
    }

    fn look(&self) -> Option<Vec<Seen>> {
        let entries = std::fs::read_dir(&self.path).ok()?;
        let seen = entries.flatten().filter_map(|entry| {
            // Links are followed: orchestrators mount configuration behind them, and the file itself counts.
            let metadata = std::fs::metadata(entry.path()).ok()?;
            Some((entry.path(), metadata.len(), metadata.modified().ok()))
        });
        let mut seen: Vec<_> = seen.collect();
        seen.sort();
        Some(seen)
    }
}
