//! The other end of a connection.

use std::net::IpAddr;

/// The other end of a connection, as the server saw it. Stands in the extensions of each request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Peer {
    /// Its address; none where connections have none, as those in memory.
    pub(crate) address: Option<IpAddr>,
    /// Whether it is one of `server.trusted_proxies`: it then speaks for its clients, and what it forwards of them is
    /// believed.
    pub(crate) is_trusted: bool,
}

/// A bound that a peer is past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    /// That of all peers together.
    InAll,
    /// That of its own address.
    OfAddress,
}

impl Bound {
    /// Its name, as metrics and the log have it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::InAll => "all",
            Self::OfAddress => "address",
        }
    }
}
