//! The failure of a store.

use std::error::Error;
use std::fmt;

/// Failure of a store: it cannot be reached, or it does not do what it is asked to. Whether a write took place is then
/// unknown.
#[derive(Debug)]
pub struct StoreError(pub(crate) String);

impl fmt::Display for StoreError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Error for StoreError {}
