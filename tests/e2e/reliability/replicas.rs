//! Replicas of the domain on ports of their own, over one store.

use std::net::SocketAddr;

use domain_stubs::{Domain, Services};
use tokio::net::TcpSocket;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::support::options;

/// Several servers of one domain.
pub(super) struct Replicas {
    pub(super) domain: Domain,
    servers: Vec<Replica>,
}

/// A server on a thread and a runtime of its own, as a process would have it.
struct Replica {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    running: Option<JoinHandle<()>>,
    runtime: Option<Runtime>,
}

impl Replicas {
    pub(super) fn open(count: usize) -> Self {
        let domain = Domain::open(options(None)).unwrap();
        let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let servers = (0..count).map(|_| Replica::start(&domain, anywhere)).collect();
        Self { domain, servers }
    }

    /// The addresses, as the setting `upstream.default` takes them.
    pub(super) fn addresses(&self) -> String {
        self.servers.iter().map(|it| format!("http://{}", it.address)).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn address(&self, at: usize) -> SocketAddr {
        self.servers[at].address
    }

    /// Stops a replica as SIGTERM does, waits until its calls have ended, and starts it again on the same port.
    pub(super) async fn restart(&mut self, at: usize) {
        let replica = &mut self.servers[at];
        replica.stop.take().unwrap().send(()).unwrap();
        replica.running.take().unwrap().await.unwrap();
        self.start(at);
    }

    /// Ends a replica as SIGKILL does: its connections break, whatever is under way.
    pub(super) fn kill(&mut self, at: usize) {
        self.servers[at].kill();
    }

    /// Starts a replica again that was killed, on the same port.
    pub(super) fn start(&mut self, at: usize) {
        self.servers[at] = Replica::start(&self.domain, self.servers[at].address);
    }
}

impl Replica {
    fn start(domain: &Domain, address: SocketAddr) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let entered = runtime.enter();
        // A server before may have used the port a moment ago.
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind(address).unwrap();
        let listener = socket.listen(1024).unwrap();
        drop(entered);
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let domain = domain.clone();
        let running = runtime.spawn(async move {
            let stopped = async { drop(stopped.await) };
            domain.serve(listener, Services::all(), stopped).await.unwrap();
        });
        Self { address, stop: Some(stop), running: Some(running), runtime: Some(runtime) }
    }

    fn kill(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        self.kill();
    }
}
