//! The source of a key set.

use std::error::Error;
use std::fmt;

use bytes::Bytes;
use futures_util::future::BoxFuture;

/// Fetches the key set of an issuer, as the issuer publishes it.
pub trait KeySource: Send + Sync {
    /// Returns a JSON Web Key Set (RFC 7517, section 5). The caller bounds the time.
    fn fetch(&self) -> BoxFuture<'_, Result<Bytes, KeySourceError>>;
}

/// Failure to fetch a key set: the issuer cannot be reached, or answers something else. For the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySourceError(String);

impl KeySourceError {
    /// Creates a failure of its description.
    pub fn new(description: impl Into<String>) -> Self {
        Self(description.into())
    }
}

impl fmt::Display for KeySourceError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Error for KeySourceError {}
