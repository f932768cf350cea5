//! The operations a server knows before anybody sends them.

mod automatic;
mod folder;
mod store;

use std::sync::{Arc, PoisonError, RwLock};

use operation::Releases;

use automatic::{Automatic, Stored};
pub(crate) use folder::ManifestFolder;
pub(crate) use store::{DocumentId, OperationStore};

/// The released operations a server answers from. Requests take those that are there when they come; others may take
/// their place meanwhile.
#[derive(Debug, Default)]
struct Current(RwLock<Arc<Releases>>);

impl Current {
    fn get(&self) -> Arc<Releases> {
        // Held for the length of a reference count: nobody waits for anybody who loads.
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, released: Releases) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(released);
    }
}
