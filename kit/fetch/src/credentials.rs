//! The credentials of calls.

use std::fmt;
use std::sync::Arc;

use futures_util::future::{BoxFuture, Either, Ready, ready};
use tonic::metadata::{KeyAndValueRef, MetadataMap};

use crate::UpstreamError;

/// The source of the credentials of calls that are made for one principal.
pub trait CallCredentials: fmt::Debug + Send + Sync {
    /// Returns the metadata that identifies the server and the principal to a service, by its full name, such as
    /// `"shop.reviews.v1.ReviewService"`: credentials of the server's own, never those of a client.
    fn authorize<'a>(&'a self, service: &'static str) -> Authorizing<'a>;
}

/// Future of the metadata: there at once, without an allocation, or later.
pub type Authorizing<'a> = Either<Ready<Authorized>, BoxFuture<'a, Authorized>>;

/// The metadata of a call, or the reason why there is no credential.
pub type Authorized = Result<CallMetadata, UpstreamError>;

/// Metadata that identifies the server and the principal to a service; empty for a service that needs none. Cheap to
/// clone.
#[derive(Clone, Default)]
pub struct CallMetadata(Arc<MetadataMap>);

impl CallMetadata {
    /// Adds this to the metadata of a call, which has none of these names yet.
    pub fn show(&self, metadata: &mut MetadataMap) {
        for entry in self.0.iter() {
            match entry {
                KeyAndValueRef::Ascii(name, value) => metadata.append(name, value.clone()),
                KeyAndValueRef::Binary(name, value) => metadata.append_bin(name, value.clone()),
            };
        }
    }
}

impl From<MetadataMap> for CallMetadata {
    fn from(metadata: MetadataMap) -> Self {
        Self(Arc::new(metadata))
    }
}

impl fmt::Debug for CallMetadata {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The names alone: the values are secret.
        let headers = MetadataMap::clone(&self.0).into_headers();
        formatter.debug_set().entries(headers.keys().map(http::HeaderName::as_str)).finish()
    }
}

/// One credential for all services.
impl CallCredentials for CallMetadata {
    fn authorize<'a>(&'a self, _service: &'static str) -> Authorizing<'a> {
        Either::Left(ready(Ok(self.clone())))
    }
}
