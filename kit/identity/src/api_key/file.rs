//! The file of keys.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::error::KeyFileError;
use super::format::KeyPrefix;
use super::record::{KeyRecord, is_device};

/// A JSON file of keys, which holds hashes of their secrets and no secret. A change replaces it as a whole, so that
/// a reader sees the keys before or after, and never something in between.
#[derive(Clone, Debug)]
pub struct KeyFile {
    path: PathBuf,
    prefix: KeyPrefix,
}

/// Properties of a file by which a change is detected. A file that was replaced has another number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    bytes: u64,
    modified: Option<SystemTime>,
    number: (u64, i64, i64),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    version: u32,
    keys: Vec<KeyRecord>,
}

/// Version of the format.
const VERSION: u32 = 1;

impl KeyFile {
    /// Names the file of a server's keys, which all have this prefix. The file need not exist yet.
    pub fn new(path: impl Into<PathBuf>, prefix: KeyPrefix) -> Self {
        Self { path: path.into(), prefix }
    }

    pub(super) fn prefix(&self) -> &KeyPrefix {
        &self.prefix
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the stamp of the file; `None` if there is no file.
    pub(super) fn stamp(&self) -> Option<Stamp> {
        // Links are followed: orchestrators mount files behind them.
        let metadata = fs::metadata(&self.path).ok()?;
        Some(Stamp {
            bytes: metadata.len(),
            modified: metadata.modified().ok(),
            number: number_of(&metadata),
        })
    }

    /// Reads the keys.
    pub(super) fn read(&self) -> Result<Vec<KeyRecord>, KeyFileError> {
        self.read_if_present()?.ok_or_else(|| self.wrong("there is no such file"))
    }

    fn read_if_present(&self) -> Result<Option<Vec<KeyRecord>>, KeyFileError> {
        let text = match fs::read(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.wrong(error)),
        };
        let content: Content = serde_json::from_slice(&text).map_err(|error| self.wrong(error))?;
        if content.version != VERSION {
            return Err(self.wrong(format!("version {} is not supported", content.version)));
        }
        let mut ids = HashSet::new();
        for key in &content.keys {
            if !ids.insert(&key.id) {
                return Err(self.wrong(format!("two keys have the id {:?}", key.id)));
            }
            if !is_device(&key.device) || key.scopes().is_none() {
                return Err(self.wrong(format!("the device or a scope of the key {:?} is malformed", key.id)));
            }
        }
        Ok(Some(content.keys))
    }

    /// Changes the keys, one change at a time. Without a file, starts with no keys.
    pub(super) fn edit<T>(
        &self,
        change: impl FnOnce(&mut Vec<KeyRecord>) -> Result<T, KeyFileError>,
    ) -> Result<T, KeyFileError> {
        // The lock is a file beside the keys, since the file of the keys is another one after each change.
        let lock = owned_by_us().create(true).truncate(false).open(self.beside("lock"));
        let lock = lock.map_err(|error| self.wrong(error))?;
        lock.lock().map_err(|error| self.wrong(error))?;
        let mut keys = self.read_if_present()?.unwrap_or_default();
        let result = change(&mut keys)?;
        self.replace(keys).map_err(|error| self.wrong(error))?;
        Ok(result)
    }

    fn replace(&self, keys: Vec<KeyRecord>) -> io::Result<()> {
        let mut text = serde_json::to_vec_pretty(&Content { version: VERSION, keys })?;
        text.push(b'\n');
        let path = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        let new = self.beside("new");
        // One that was left by a crash may have another owner or mode.
        let _ = fs::remove_file(&new);
        let mut file = owned_by_us().create_new(true).open(&new)?;
        file.write_all(&text)?;
        file.sync_all()?;
        fs::rename(&new, &path)?;
        let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()
    }

    /// Returns the path of a file in the same folder, on the same file system.
    fn beside(&self, suffix: &str) -> PathBuf {
        let path = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{suffix}"));
        path.with_file_name(name)
    }

    fn wrong(&self, problem: impl std::fmt::Display) -> KeyFileError {
        KeyFileError::file(&self.path, problem)
    }
}

/// Options to write a file that nobody but its owner may read.
fn owned_by_us() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Returns the number of the file, and the time at which its content or owner last changed.
#[cfg(unix)]
fn number_of(metadata: &fs::Metadata) -> (u64, i64, i64) {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
}

#[cfg(not(unix))]
fn number_of(_: &fs::Metadata) -> (u64, i64, i64) {
    (0, 0, 0)
}
