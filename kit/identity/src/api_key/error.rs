//! Failures of a file of keys.

use std::error::Error;
use std::fmt;
use std::path::{Path, PathBuf};

use super::report::KeyState;

/// Failure to read or change a file of keys. The file is then as it was before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyFileError {
    /// The file cannot be read or written, or is malformed.
    File {
        /// Path of the file.
        path: PathBuf,
        /// Description of the problem.
        problem: String,
    },
    /// No key has this id.
    UnknownKey(String),
    /// The key of this id is in a state that does not permit the change.
    State(String, KeyState),
    /// The key that was ordered cannot be issued.
    Order(&'static str),
}

impl KeyFileError {
    pub(super) fn file(path: &Path, problem: impl fmt::Display) -> Self {
        Self::File { path: path.to_owned(), problem: problem.to_string() }
    }
}

impl fmt::Display for KeyFileError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, problem } => write!(formatter, "{}: {problem}", path.display()),
            Self::UnknownKey(id) => write!(formatter, "no key has the id {id:?}"),
            Self::State(id, state) => write!(formatter, "the key {id} is {state}"),
            Self::Order(problem) => formatter.write_str(problem),
        }
    }
}

impl Error for KeyFileError {}
