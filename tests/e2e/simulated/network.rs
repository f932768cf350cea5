//! The network of the simulation, as the servers and the BFF take it.

use std::io;
use std::net::SocketAddr;

use endpoints::{Io, NetworkFuture};
use turmoil::net::{TcpListener, TcpStream};

/// The port of every server.
pub(super) const PORT: u16 = 80;

/// The connections that one host accepts.
pub(super) struct Listener(TcpListener);

/// The connections that one host opens.
#[derive(Clone, Copy, Debug)]
pub(super) struct Network;

impl Listener {
    pub(super) async fn bind() -> io::Result<Self> {
        Ok(Self(TcpListener::bind(SocketAddr::from(([0, 0, 0, 0], PORT))).await?))
    }
}

impl axum::serve::Listener for Listener {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        self.0.accept().await.expect("a listener of the simulation does not fail")
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl endpoints::Network for Network {
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> NetworkFuture<'a, Vec<SocketAddr>> {
        Box::pin(async move { Ok(vec![SocketAddr::from((turmoil::lookup(host), port))]) })
    }

    fn connect(&self, to: SocketAddr) -> NetworkFuture<'_, Box<dyn Io>> {
        Box::pin(async move { Ok(Box::new(TcpStream::connect(to).await?) as Box<dyn Io>) })
    }
}
