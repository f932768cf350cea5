//! The credentials of calls.

use std::fmt;

use futures_util::future::{BoxFuture, Either, Ready, ready};
use tonic::metadata::{Ascii, MetadataValue};

use crate::UpstreamError;

/// The source of the credentials of calls that are made for one principal.
pub trait CallCredentials: fmt::Debug + Send + Sync {
    /// Returns the value of the `authorization` metadata of calls to a service, by its full name, such as
    /// `"shop.reviews.v1.ReviewService"`: a credential of the server's own, never that of a client.
    fn authorize<'a>(&'a self, service: &'static str) -> Authorizing<'a>;
}

/// Future of a credential: there at once, without an allocation, or later.
pub type Authorizing<'a> = Either<Ready<Authorized>, BoxFuture<'a, Authorized>>;

/// The value of the `authorization` metadata, or the reason why there is none.
pub type Authorized = Result<MetadataValue<Ascii>, UpstreamError>;

/// One credential for all services.
impl CallCredentials for MetadataValue<Ascii> {
    fn authorize<'a>(&'a self, _service: &'static str) -> Authorizing<'a> {
        Either::Left(ready(Ok(self.clone())))
    }
}
