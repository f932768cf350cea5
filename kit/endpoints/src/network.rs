//! The network below the connections: TCP in production, anything else in tests.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};

/// A stream of bytes to an endpoint.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<I: AsyncRead + AsyncWrite + Send + Unpin> Io for I {}

/// A future of the network.
pub type NetworkFuture<'a, T> = Pin<Box<dyn Future<Output = io::Result<T>> + Send + 'a>>;

/// Resolves host names and opens streams of bytes.
pub trait Network: Send + Sync + 'static {
    /// Returns the addresses of a host name.
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> NetworkFuture<'a, Vec<SocketAddr>>;

    /// Opens a stream to an address.
    fn connect(&self, to: SocketAddr) -> NetworkFuture<'_, Box<dyn Io>>;
}

/// Time of silence after which the kernel tests if a peer is still there, so that idle connections which a router has
/// forgotten are noticed before they are used.
const TCP_KEEP_ALIVE: Duration = Duration::from_secs(30);

/// TCP, with the resolver of the system.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tcp;

impl Network for Tcp {
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> NetworkFuture<'a, Vec<SocketAddr>> {
        Box::pin(async move { Ok(lookup_host((host, port)).await?.collect()) })
    }

    fn connect(&self, to: SocketAddr) -> NetworkFuture<'_, Box<dyn Io>> {
        Box::pin(async move {
            let stream = TcpStream::connect(to).await?;
            stream.set_nodelay(true)?;
            let keep_alive =
                socket2::TcpKeepalive::new().with_time(TCP_KEEP_ALIVE).with_interval(TCP_KEEP_ALIVE);
            socket2::SockRef::from(&stream).set_tcp_keepalive(&keep_alive)?;
            Ok(Box::new(stream) as Box<dyn Io>)
        })
    }
}
