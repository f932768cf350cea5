//! The principal of a request, and the credentials of calls made in its name.

mod credential;
mod development;

use std::sync::Arc;

use http::{HeaderMap, HeaderName};

use crate::error::Error;

pub(crate) use credential::{CredentialKey, DEVELOPMENT_CREDENTIAL_KEY};
pub use development::Development;

/// The principal of a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Principal {
    /// No identified user or device.
    Anonymous,
    /// A person, by the identifier that the domain knows.
    User(Arc<str>),
    /// A device, by the identifier that the domain knows.
    Device(Arc<str>),
}

/// Identifies the principal of a request. Every client has its own way.
pub trait Authenticator: Send + Sync {
    /// Returns the principal named by the headers of a request; an error if they name one that is not accepted.
    fn authenticate(&self, headers: &HeaderMap) -> Result<Principal, Error>;

    /// Returns the headers that `authenticate` reads. Private answers depend on them, so that a browser shows no
    /// principal an answer that it kept for another.
    fn reads(&self) -> Vec<HeaderName>;
}

impl Principal {
    /// Returns the acting user; `None` if the principal is not a user.
    #[must_use]
    pub fn user(&self) -> Option<Arc<str>> {
        match self {
            Self::User(id) => Some(id.clone()),
            Self::Anonymous | Self::Device(_) => None,
        }
    }

    /// Returns the kind of the principal for logs, which never names it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::User(_) => "user",
            Self::Device(_) => "device",
        }
    }
}
