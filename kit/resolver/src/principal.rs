//! The principal of a request.

use std::sync::Arc;

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
