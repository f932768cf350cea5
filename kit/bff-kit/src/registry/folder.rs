//! The folder of manifests, looked at again and again.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use operation::{ManifestError, Preparer, Release, Releases};

use crate::reload::Looks;

/// The folder a server takes its registered operations from.
#[derive(Debug)]
pub(crate) struct ManifestFolder {
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
        Self { path: folder.join("manifests"), seen: None, held: false }
    }

    /// Prepares what is there now. A folder that is not there is an error: an operator who names one means it, and one
    /// that is being replaced must not make a server forget what it knows. For the same reason manifests that were there
    /// may change, but not all of them go.
    pub(crate) fn load(&mut self, preparer: &Preparer) -> Result<Releases, Vec<ManifestError>> {
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

    /// Looks at the folder again and again for as long as it is polled, and hands over what is there when that has
    /// changed, or somebody asks for it. Files are read, and operations prepared, beside the requests.
    pub(crate) async fn watch(
        mut self,
        mut looks: Looks,
        preparer: Arc<Preparer>,
        take: impl Fn(Result<Releases, Vec<ManifestError>>),
    ) {
        loop {
            let asked = looks.next().await;
            let preparer = preparer.clone();
            let looking = tokio::task::spawn_blocking(move || {
                let loaded = if asked { Some(self.load(&preparer)) } else { self.reload(&preparer) };
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
    fn reload(&mut self, preparer: &Preparer) -> Option<Result<Releases, Vec<ManifestError>>> {
        (self.look() != self.seen).then(|| self.load(preparer))
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
