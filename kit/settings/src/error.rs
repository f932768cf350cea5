//! Errors about settings.

use std::fmt;

use crate::source::Source;

/// An error about a setting that is unknown, unreadable, out of place or of no use. It prints as one line that names
/// the key and, if known, its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    key: String,
    problem: String,
    source: Option<Source>,
}

impl ConfigError {
    /// Creates an error about a key.
    #[must_use]
    pub fn new(key: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { key: key.into(), problem: problem.into().trim().replace('\n', " "), source: None }
    }

    /// Returns the error with the source of its key.
    pub(crate) fn from(self, source: Source) -> Self {
        Self { source: Some(source), ..self }
    }

    /// Returns the key, such as `server.listen`.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.key, self.problem)?;
        match &self.source {
            Some(source) => write!(formatter, " (from {source})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ConfigError {}
