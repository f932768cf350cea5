//! Admission of connections.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;

use super::bounds::Bounds;
use super::connection::Connections;
use super::tls::Certificate;
use crate::metrics::Metrics;
use crate::peer::Peer;

/// Admits connections within the bounds, and marks those of trusted proxies.
pub(super) struct Door {
    pub(super) bounds: Arc<Bounds>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) trusted: Vec<IpNet>,
    pub(super) certificate: Option<Arc<Certificate>>,
    pub(super) connections: Connections,
}

impl Door {
    /// Serves a connection from this address beside the others, or closes it if it is past a bound.
    pub(super) fn open<I>(&self, io: I, address: Option<IpAddr>, others: &mut JoinSet<()>)
    where
        I: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        // An IPv4 client of an IPv6 socket has a mapped address here; bounds and proxies are matched by its own.
        let address = address.map(|address| address.to_canonical());
        let is_trusted = address.is_some_and(|it| self.trusted.iter().any(|network| network.contains(&it)));
        let peer = Peer { address, is_trusted };
        match self.bounds.admit(peer) {
            Ok(admitted) => {
                let tls = self.certificate.as_ref().map(|certificate| certificate.acceptor());
                let serving = self.connections.clone().open(io, tls, peer);
                let counted = (admitted, self.metrics.opened());
                others.spawn(async move {
                    serving.await;
                    drop(counted);
                });
            }
            Err(bound) => self.connections.turned_away(bound),
        }
    }
}
