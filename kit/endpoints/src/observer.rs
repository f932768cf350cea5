//! Events of endpoints, for logs and metrics.

use std::fmt::Debug;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// Receives what happens to the endpoints of a server.
pub trait Observer: Debug + Send + Sync {
    /// Receives an event of the endpoint at an address.
    fn event(&self, address: SocketAddr, event: Event);

    /// Receives the reason why a host name could not be resolved. Its endpoints stay as they were.
    fn unresolved(&self, host: &str, reason: &str);
}

/// Observer that ignores all events.
impl Observer for () {
    fn event(&self, _address: SocketAddr, _event: Event) {}

    fn unresolved(&self, _host: &str, _reason: &str) {}
}

/// An event of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A connection was opened.
    Connected,
    /// A connection could not be opened, for this reason.
    ConnectFailed(Arc<str>),
    /// Calls failed in a row: for this time, calls go to other endpoints.
    Ejected(Duration),
    /// The time of an ejection is over.
    Returned,
    /// The endpoint says that it does not serve: calls go to others while there are any.
    NotServing,
    /// The endpoint says that it serves again.
    Serving,
}

impl Event {
    /// Returns the name of the event, for metrics.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::ConnectFailed(_) => "connect_failed",
            Self::Ejected(_) => "ejected",
            Self::Returned => "returned",
            Self::NotServing => "not_serving",
            Self::Serving => "serving",
        }
    }
}
