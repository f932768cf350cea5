//! An observer of the connections of a server.

use std::any::Any;

use hyper::StatusCode;

use crate::peer::Bound;

/// Receives the events of every connection, to count them or to write lines about them.
pub trait Observer: Send + Sync + 'static {
    /// A connection was admitted. The guard is dropped when it has ended.
    fn opened(&self) -> Box<dyn Any + Send>;

    /// A connection was closed before it was served, since it is past this bound.
    fn turned_away(&self, bound: Bound);

    /// A connection ended.
    fn closed(&self, closed: Closed);

    /// A request was rejected by hyper, before a route received it.
    fn malformed(&self, malformed: Malformed, status: StatusCode);
}

/// A request that hyper rejects before a route receives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// The head is longer than the bound.
    TooLarge,
    /// The head is not HTTP/1.1.
    Unparsable,
}

/// Reason for which a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// The client left, or the network failed.
    Client,
    /// The TLS handshake failed.
    Handshake,
    /// The head of a request did not come in time.
    Head,
    /// No request came in time.
    Idle,
    /// The client sent something that is not HTTP.
    Unreadable,
    /// The client left an answer unread.
    Unread,
    /// The connection held most of the unread bytes when there were too many.
    Greedy,
    /// The server stopped.
    Stopped,
}

impl Closed {
    /// Returns true if the server ended the connection because of its client.
    #[must_use]
    pub const fn is_for_its_client(self) -> bool {
        matches!(self, Self::Head | Self::Unreadable | Self::Unread | Self::Greedy)
    }

    /// Returns the name used in metrics and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Handshake => "handshake",
            Self::Head => "head_timeout",
            Self::Idle => "idle",
            Self::Unreadable => "unreadable",
            Self::Unread => "unread",
            Self::Greedy => "unread_bytes",
            Self::Stopped => "stopped",
        }
    }
}
