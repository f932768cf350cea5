//! A TCP proxy that does to connections what networks do.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// A proxy before a server.
pub(super) struct Proxy {
    pub(super) address: SocketAddr,
    opened: Arc<AtomicUsize>,
    /// Number of the first connection that passes bytes on; those before it are silent.
    first_alive: watch::Sender<usize>,
    _running: JoinSet<()>,
}

impl Proxy {
    pub(super) async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let opened = Arc::new(AtomicUsize::new(0));
        let (first_alive, alive) = watch::channel(0);
        let mut running = JoinSet::new();
        let count = opened.clone();
        running.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let number = count.fetch_add(1, Ordering::Relaxed);
                let Ok(server) = TcpStream::connect(server).await else { continue };
                // Small messages are to be passed on at once.
                if client.set_nodelay(true).and_then(|()| server.set_nodelay(true)).is_err() {
                    continue;
                }
                let (from_client, to_client) = client.into_split();
                let (from_server, to_server) = server.into_split();
                connections.spawn(pass_on(from_client, to_server, number, alive.clone()));
                connections.spawn(pass_on(from_server, to_client, number, alive.clone()));
            }
        });
        Self { address, opened, first_alive, _running: running }
    }

    /// Number of connections so far.
    pub(super) fn opened(&self) -> usize {
        self.opened.load(Ordering::Relaxed)
    }

    /// Silences all connections that are open now, without a word: new ones work.
    pub(super) fn silence(&self) {
        self.first_alive.send_replace(self.opened());
    }
}

async fn pass_on(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    number: usize,
    mut alive: watch::Receiver<usize>,
) {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        tokio::select! {
            biased;
            // Kept open and never read again.
            () = async { drop(alive.wait_for(|first| number < *first).await) } => std::future::pending().await,
            read = from.read(&mut buffer) => match read {
                Ok(0) | Err(_) => return,
                Ok(length) => if to.write_all(&buffer[..length]).await.is_err() { return },
            },
        }
    }
}
