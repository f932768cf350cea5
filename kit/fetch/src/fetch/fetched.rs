//! Values, and the age of those that stand in for others.

use std::time::Duration;

use crate::UpstreamError;

/// A value, and how old it is if it stands in for one that could not be loaded.
#[derive(Clone, Debug)]
pub struct Fetched<V> {
    /// The value.
    pub value: V,
    /// The failure that an old value stands in for; `None` for a value that is as fresh as its policy wants.
    pub stale: Option<Stale>,
}

/// The failure that an old value stands in for.
#[derive(Clone, Debug)]
pub struct Stale {
    /// Age of the value.
    pub age: Duration,
    /// Error of the call that would have loaded a new one.
    pub failure: UpstreamError,
}

impl<V> Fetched<V> {
    pub(crate) fn new(value: V) -> Self {
        Self { value, stale: None }
    }
}
