//! A network in memory: servers and their clients, without sockets.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bff_kit::host::PeerAddress;
use endpoints::{Io, NetworkFuture};
use futures_util::Stream;
use tokio::io::DuplexStream;
use tokio::sync::mpsc;

/// Bytes that a connection holds in each direction.
const PIPE_BYTES: usize = 64 * 1024;

/// Servers by their ports. Nothing of the machine's network is used, so that a paused clock alone decides how long
/// anything takes.
#[derive(Clone, Debug, Default)]
pub struct Network(Arc<Mutex<BTreeMap<u16, mpsc::UnboundedSender<DuplexStream>>>>);

/// The address of every client: none can be told from another.
#[derive(Clone, Copy, Debug)]
pub struct Unnamed;

impl PeerAddress for Unnamed {
    fn ip(&self) -> Option<IpAddr> {
        None
    }
}

/// The connections that a server is to accept.
#[derive(Debug)]
pub struct Dialled(mpsc::UnboundedReceiver<DuplexStream>);

/// A server that can be dialled, and the connections it is to accept.
#[must_use]
pub fn server() -> (mpsc::UnboundedSender<DuplexStream>, Dialled) {
    let (dial, dialled) = mpsc::unbounded_channel();
    (dial, Dialled(dialled))
}

/// Opens a connection to a server. Returns `None` if it accepts no more.
#[must_use]
pub fn dial(server: &mpsc::UnboundedSender<DuplexStream>) -> Option<DuplexStream> {
    let (near, far) = tokio::io::duplex(PIPE_BYTES);
    server.send(far).ok().map(|()| near)
}

impl axum::serve::Listener for Dialled {
    type Io = DuplexStream;
    type Addr = Unnamed;

    async fn accept(&mut self) -> (DuplexStream, Unnamed) {
        match self.0.recv().await {
            Some(stream) => (stream, Unnamed),
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Unnamed> {
        Ok(Unnamed)
    }
}

/// The connections as a stream, which never ends, for servers that take one.
impl Stream for Dialled {
    type Item = io::Result<DuplexStream>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.0.poll_recv(cx) {
            Poll::Ready(Some(stream)) => Poll::Ready(Some(Ok(stream))),
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }
}

impl Network {
    /// Adds a server. Returns its connections and its address.
    ///
    /// # Panics
    /// If there are as many servers as ports.
    #[must_use]
    pub fn listen(&self) -> (Dialled, SocketAddr) {
        let mut servers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let port = u16::try_from(servers.len() + 1).expect("a test opens fewer servers than there are ports");
        let (dial, dialled) = server();
        servers.insert(port, dial);
        (dialled, SocketAddr::from(([127, 0, 0, 1], port)))
    }

    /// Opens a connection to the server at an address.
    ///
    /// # Errors
    /// No server listens there.
    pub fn dial(&self, to: SocketAddr) -> io::Result<DuplexStream> {
        let servers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        servers
            .get(&to.port())
            .and_then(dial)
            .ok_or_else(|| io::Error::from(io::ErrorKind::ConnectionRefused))
    }
}

impl endpoints::Network for Network {
    fn resolve<'a>(&'a self, _host: &'a str, port: u16) -> NetworkFuture<'a, Vec<SocketAddr>> {
        Box::pin(async move { Ok(vec![SocketAddr::from(([127, 0, 0, 1], port))]) })
    }

    fn connect(&self, to: SocketAddr) -> NetworkFuture<'_, Box<dyn Io>> {
        let dialled = self.dial(to).map(|stream| Box::new(stream) as Box<dyn Io>);
        Box::pin(async move { dialled })
    }
}
