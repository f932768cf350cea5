//! Operations that a server knows before clients send them.

mod automatic;
mod folder;
mod store;

use std::sync::{Arc, PoisonError, RwLock};

use operation::Releases;

use automatic::{Automatic, Stored};
pub(crate) use folder::ManifestFolder;
pub(crate) use store::{DocumentId, OperationStore};

/// The released operations that a server uses now. A request keeps those that were there when it came; others may
/// replace them meanwhile.
#[derive(Debug, Default)]
struct Current(RwLock<Arc<Releases>>);

impl Current {
    fn get(&self) -> Arc<Releases> {
        // The lock is held only to clone a reference count, so no request waits for a load.
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, released: Releases) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(released);
    }
}
