//! Admission of connections.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use ipnet::IpNet;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::activity::Timers;
use crate::bounds::Bounds;
use crate::connection::{Connections, Phase};
use crate::observer::Observer;
use crate::peer::Peer;
use crate::unread::Unread;

/// Bounds of a server, and the peers that they do not hold for.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Timeouts of a connection.
    pub timers: Timers,
    /// Most connections at a time.
    pub connections: usize,
    /// Most connections of one address at a time.
    pub connections_per_address: usize,
    /// Most requests at a time, from their head until their answer is taken whole.
    pub requests: usize,
    /// Most requests of one address at a time.
    pub requests_per_address: usize,
    /// Most bytes of answers that all clients leave unread.
    pub unread_bytes: usize,
    /// Most bytes of a head.
    pub head_bytes: usize,
    /// Networks of proxies that speak for many clients. The bounds of one address do not hold for them.
    pub trusted: Vec<IpNet>,
}

/// Makes the TLS acceptor of one connection.
pub type Acceptor = Box<dyn Fn() -> TlsAcceptor + Send + Sync>;

/// Admits connections within the bounds, and serves routes on them.
pub struct Door {
    bounds: Arc<Bounds>,
    trusted: Vec<IpNet>,
    acceptor: Option<Acceptor>,
    observer: Arc<dyn Observer>,
    connections: Connections,
}

impl fmt::Debug for Door {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Door").field("bounds", &self.bounds).finish_non_exhaustive()
    }
}

impl Door {
    /// Makes the door of a server that answers by these routes, over TLS if there is an acceptor.
    #[must_use]
    pub fn new(
        limits: Limits,
        routes: Router,
        acceptor: Option<Acceptor>,
        observer: Arc<dyn Observer>,
        phase: watch::Receiver<Phase>,
    ) -> Self {
        let connections = Connections {
            routes,
            timers: limits.timers,
            unread: Unread::new(limits.unread_bytes),
            requests: Bounds::new(limits.requests, limits.requests_per_address),
            observer: observer.clone(),
            max_head_bytes: limits.head_bytes,
            phase,
        };
        let bounds = Bounds::new(limits.connections, limits.connections_per_address);
        Self { bounds, trusted: limits.trusted, acceptor, observer, connections }
    }

    /// Returns the answers that clients leave unread.
    #[must_use]
    pub fn unread(&self) -> Arc<Unread> {
        self.connections.unread.clone()
    }

    /// Serves a connection from this address beside the others, or closes it if it is past a bound.
    pub fn open<I>(&self, io: I, address: Option<IpAddr>, others: &mut JoinSet<()>)
    where
        I: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        // An IPv4 client of an IPv6 socket has a mapped address here; bounds and proxies are matched by its own.
        let address = address.map(|address| address.to_canonical());
        let is_trusted = address.is_some_and(|it| self.trusted.iter().any(|network| network.contains(&it)));
        let peer = Peer { address, is_trusted };
        match self.bounds.admit(peer) {
            Ok(admitted) => {
                let tls = self.acceptor.as_ref().map(|acceptor| acceptor());
                let serving = self.connections.clone().open(io, tls, peer);
                let counted = (admitted, self.observer.opened());
                others.spawn(async move {
                    serving.await;
                    drop(counted);
                });
            }
            Err(bound) => self.observer.turned_away(bound),
        }
    }
}
