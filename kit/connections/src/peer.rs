//! The other end of a connection.

use std::net::IpAddr;

/// The other end of a connection, as the server sees it. Stored in the extensions of each request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Peer {
    /// IP address; `None` for connections without one, such as those in memory.
    pub address: Option<IpAddr>,
    /// True if the peer is one of `server.trusted_proxies`: it then speaks for its clients, and what it forwards about
    /// them is trusted.
    pub is_trusted: bool,
}

/// A bound that a peer exceeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// The bound of all peers together.
    InAll,
    /// The bound of the peer's own address.
    OfAddress,
}

impl Bound {
    /// Returns the name used in metrics and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InAll => "all",
            Self::OfAddress => "address",
        }
    }
}

/// Bytes of a body that does not tell them itself, as a compressed one. Stored in the extensions of its response.
#[derive(Clone, Copy, Debug)]
pub struct BodyBytes(pub usize);
