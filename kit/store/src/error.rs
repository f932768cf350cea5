//! The failure of a store.

use std::error::Error;
use std::fmt;

/// Failure of a store: it cannot be reached, or it does not do what it is asked to. Whether a write took place is then
/// unknown.
#[derive(Debug)]
pub struct StoreError(pub(crate) String);

impl StoreError {
    /// Creates the failure of a store. `reason` is for the operator's log.
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Error for StoreError {}
