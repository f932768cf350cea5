//! Two servers behind a load balancer that keeps its connections, while they are restarted in turn.

use bff_kit::AnyClient;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use bff_kit::host::config::Config;
use bff_kit::host::{Server, Tcp};
use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::interval;

use crate::support::Plain;

const REQUESTS: usize = 20_000;
const RESTARTS: usize = 6;

/// Time between two checks of `/readyz` of a server.
const LOOK_EVERY: Duration = Duration::from_millis(25);

/// Time for which a server still answers after it is told to stop. As many checks fit into it as into the five seconds
/// of a production server behind a balancer that checks twice a second.
const STOP_DELAY: Duration = Duration::from_millis(250);

/// A server on an address of its own, which can be told to stop.
struct Backend {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    running: JoinSet<()>,
}

impl Backend {
    fn start(address: SocketAddr) -> Self {
        let mut config = Config::development();
        config.server.stop_delay_ms = Some(STOP_DELAY.as_millis().try_into().unwrap());
        let listener = bff_kit::host::listen(address).unwrap();
        let address = axum::serve::Listener::local_addr(&listener).unwrap();
        let (stop, stopped) = oneshot::channel();
        let mut running = JoinSet::new();
        running.spawn(async move {
            let stopped = async { drop(stopped.await) };
            Server::new(config).serve(AnyClient::of::<Plain>(), listener, Tcp, stopped).await.unwrap();
        });
        Self { address, stop: Some(stop), running }
    }

    /// Stops the server as SIGTERM does, and starts it again on the same address.
    async fn restart(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
        self.running.join_next().await.unwrap().unwrap();
        *self = Self::start(self.address);
    }
}

/// Sends each request to a server that says it is ready, on a kept connection if there is one. It never repeats a
/// request.
#[derive(Clone)]
struct Balancer {
    client: Client<HttpConnector, Full<Bytes>>,
    backends: Arc<[(SocketAddr, AtomicBool)]>,
    next: Arc<AtomicUsize>,
}

impl Balancer {
    fn before(backends: &[Backend]) -> Self {
        let client = Client::builder(TokioExecutor::new())
            .retry_canceled_requests(false)
            .pool_idle_timeout(Duration::from_mins(1))
            .pool_timer(TokioTimer::new())
            .build_http();
        let backends = backends.iter().map(|backend| (backend.address, AtomicBool::new(true))).collect();
        Self { client, backends, next: Arc::default() }
    }

    async fn get(&self, address: SocketAddr, path: &str) -> Option<StatusCode> {
        let request = Request::get(format!("http://{address}{path}")).body(Full::default()).unwrap();
        let response = self.client.request(request).await.ok()?;
        let status = response.status();
        response.into_body().collect().await.ok()?;
        Some(status)
    }

    /// Checks each server again and again.
    async fn look(self) {
        let mut looks = interval(LOOK_EVERY);
        loop {
            looks.tick().await;
            for (address, ready) in &*self.backends {
                let is_ready = self.get(*address, "/readyz").await == Some(StatusCode::OK);
                ready.store(is_ready, Ordering::Relaxed);
            }
        }
    }

    /// Returns true if a request was answered.
    async fn pass_on(&self) -> bool {
        let first = self.next.fetch_add(1, Ordering::Relaxed);
        let count = self.backends.len();
        let in_turn = (0..count).map(|step| &self.backends[(first + step) % count]);
        let mut ready = in_turn.filter(|(_, ready)| ready.load(Ordering::Relaxed));
        let Some((address, _)) = ready.next() else { return false };
        self.get(*address, "/graphql?query=%7Bafter(ms%3A1)%7D").await == Some(StatusCode::OK)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_fails_while_servers_behind_a_load_balancer_are_restarted() {
    let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
    let mut backends = vec![Backend::start(anywhere), Backend::start(anywhere)];
    let balancer = Balancer::before(&backends);
    let mut looking = JoinSet::new();
    looking.spawn(balancer.clone().look());

    let (sent, failed) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let restarted = Arc::new(AtomicBool::new(false));
    let mut clients = JoinSet::new();
    for _ in 0..16 {
        let (balancer, sent, failed) = (balancer.clone(), sent.clone(), failed.clone());
        let restarted = restarted.clone();
        clients.spawn(async move {
            while sent.fetch_add(1, Ordering::Relaxed) < REQUESTS || !restarted.load(Ordering::Relaxed) {
                if !balancer.pass_on().await {
                    failed.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
    }
    for round in 0..RESTARTS {
        let backend = &mut backends[round % 2];
        backend.restart().await;
        while !balancer.backends[round % 2].1.load(Ordering::Relaxed) {
            tokio::task::yield_now().await;
        }
    }
    restarted.store(true, Ordering::Relaxed);
    while clients.join_next().await.is_some() {}
    let (sent, failed) = (sent.load(Ordering::Relaxed), failed.load(Ordering::Relaxed));
    assert_eq!(failed, 0, "of {sent}");
}
