//! The principal of a request, and the credentials of calls made in its name.

mod credential;
mod development;

use http::{HeaderMap, HeaderName};
use resolver::{Error, Principal};

pub(crate) use credential::{CredentialKey, DEVELOPMENT_CREDENTIAL_KEY};
pub use development::Development;

/// Identifies the principal of a request. Every client has its own way.
pub trait Authenticator: Send + Sync {
    /// Returns the principal named by the headers of a request; an error if they name one that is not accepted.
    fn authenticate(&self, headers: &HeaderMap) -> Result<Principal, Error>;

    /// Returns the headers that `authenticate` reads. Private answers depend on them, so that a browser shows no
    /// principal an answer that it kept for another.
    fn reads(&self) -> Vec<HeaderName>;
}
