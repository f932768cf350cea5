//! The released operations that a server uses now.

use std::sync::{Arc, PoisonError, RwLock};

use operation::Releases;

/// The released operations that a server uses now. A request keeps those that were there when it came; others may
/// replace them meanwhile.
#[derive(Debug, Default)]
pub(crate) struct Current(RwLock<Arc<Releases>>);

impl Current {
    pub(crate) fn get(&self) -> Arc<Releases> {
        // The lock is held only to clone a reference count, so no request waits for a load.
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set(&self, released: Releases) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(released);
    }
}
