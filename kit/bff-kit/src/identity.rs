//! Who asks, and how the BFF speaks to the services in their name.

mod credential;
mod development;

use std::sync::Arc;

use http::{HeaderMap, HeaderName};

use crate::error::Error;

pub use credential::{CredentialKey, DEVELOPMENT_CREDENTIAL_KEY};
pub use development::Development;

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Principal {
    /// Nobody in particular.
    Anonymous,
    /// A person, by the identifier the domain knows.
    User(Arc<str>),
    /// A device, by the identifier the domain knows.
    Device(Arc<str>),
}

/// Finds out who asks. Every client has its own way.
pub trait Authenticator: Send + Sync {
    /// The caller named by a request's headers; an error when they name one that is not accepted.
    fn authenticate(&self, headers: &HeaderMap) -> Result<Principal, Error>;

    /// The headers it reads: what a private answer depends on, so that a browser shows nobody what it kept of another.
    fn reads(&self) -> Vec<HeaderName>;
}

impl Principal {
    /// The acting user, if it is one.
    #[must_use]
    pub fn user(&self) -> Option<Arc<str>> {
        match self {
            Self::User(id) => Some(id.clone()),
            Self::Anonymous | Self::Device(_) => None,
        }
    }

    /// What kind of caller it is, for logs: never who.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::User(_) => "user",
            Self::Device(_) => "device",
        }
    }
}
