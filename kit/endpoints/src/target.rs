//! One address of a service, and the TLS to call it over.

use std::io;
use std::net::{IpAddr, SocketAddr};

use http::uri::PathAndQuery;
use http::{Request, Uri};
use tonic::body::Body;

use crate::network::Io;
use crate::{Address, Tls};

/// An address of a service, and the TLS to call it over.
#[derive(Clone, Debug)]
pub struct Target {
    address: Address,
    /// `Some` exactly if the address requires TLS, so that no such address is called in plain text by oversight.
    tls: Option<Tls>,
}

impl Target {
    /// Creates the target at this address. `tls` is called only for an `https` address, and its errors are returned.
    pub fn new<E>(address: Address, tls: impl FnOnce() -> Result<Tls, E>) -> Result<Self, E> {
        let tls = address.is_tls().then(tls).transpose()?;
        Ok(Self { address, tls })
    }

    /// Returns true if connections to one target can serve the other.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        let same_tls = match (&self.tls, &other.tls) {
            (Some(tls), Some(other)) => tls.is(other),
            (tls, other) => tls.is_none() && other.is_none(),
        };
        self.address == other.address && same_tls
    }

    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    /// Returns the address of the network, if the target names no host that must be resolved.
    pub(crate) fn literal(&self) -> Option<SocketAddr> {
        let ip: IpAddr = self.address.host().parse().ok()?;
        Some(SocketAddr::new(ip, self.address.port()))
    }

    /// Performs the TLS handshake over a stream, if the target requires one.
    pub(crate) async fn secured(&self, io: Box<dyn Io>) -> io::Result<Box<dyn Io>> {
        match &self.tls {
            Some(tls) => tls.shake_hands(self.address.name().clone(), io).await,
            None => Ok(io),
        }
    }

    /// Returns the request with the scheme and authority of the target.
    pub(crate) fn addressed(&self, request: Request<Body>) -> Request<Body> {
        let (mut head, body) = request.into_parts();
        let mut uri = self.address.uri().clone().into_parts();
        let path = head.uri.path_and_query().cloned();
        uri.path_and_query = Some(path.unwrap_or_else(|| PathAndQuery::from_static("/")));
        head.uri = Uri::from_parts(uri).unwrap_or(head.uri);
        Request::from_parts(head, body)
    }
}
