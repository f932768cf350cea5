//! Two servers behind a load balancer that keeps its connections, while they are restarted in turn.

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
use tokio::time::{Instant, interval};

use super::replicas::Replicas;
use super::size;

/// `{ products(first: 3) { nodes { name rating { average } stock { available } } } }`
const QUERY: &str =
    "/graphql?query=%7Bproducts(first%3A3)%7Bnodes%7Bname%20rating%7Baverage%7Dstock%7Bavailable%7D%7D%7D%7D";

/// Time between two checks of `/readyz` of a server.
const LOOK_EVERY: Duration = Duration::from_millis(25);

/// Time for which a server still answers after it is told to stop. As many checks fit into it as into the five seconds
/// of a production server behind a balancer that checks twice a second.
const STOP_DELAY: Duration = Duration::from_millis(250);

/// A server on an address of its own, which can be told to stop.
struct Backend {
    address: SocketAddr,
    services: String,
    stop: Option<oneshot::Sender<()>>,
    running: JoinSet<()>,
}

impl Backend {
    fn start(address: SocketAddr, services: String) -> Self {
        let mut config = Config::development();
        config.upstream.default.clone_from(&services);
        config.server.stop_delay_ms = Some(STOP_DELAY.as_millis().try_into().unwrap());
        let listener = bff_kit::host::listen(address).unwrap();
        let address = axum::serve::Listener::local_addr(&listener).unwrap();
        let (stop, stopped) = oneshot::channel();
        let mut running = JoinSet::new();
        running.spawn(async move {
            let stopped = async { drop(stopped.await) };
            Server::new(config).serve(bff_web::client(), listener, Tcp, stopped).await.unwrap();
        });
        Self { address, services, stop: Some(stop), running }
    }

    /// Stops the server as SIGTERM does, and starts it again on the same address.
    async fn restart(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
        self.running.join_next().await.unwrap().unwrap();
        *self = Self::start(self.address, self.services.clone());
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
        let body = response.into_body().collect().await.ok()?.to_bytes();
        let is_whole = !body.windows(8).any(|at| at == b"\"errors\"");
        Some(status).filter(|_| is_whole)
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

    /// Returns true if a request was answered whole.
    async fn pass_on(&self) -> bool {
        let first = self.next.fetch_add(1, Ordering::Relaxed);
        let count = self.backends.len();
        let in_turn = (0..count).map(|step| &self.backends[(first + step) % count]);
        let mut ready = in_turn.filter(|(_, ready)| ready.load(Ordering::Relaxed));
        let Some((address, _)) = ready.next() else { return false };
        self.get(*address, QUERY).await == Some(StatusCode::OK)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_fails_while_servers_behind_a_load_balancer_are_restarted() {
    let anywhere = SocketAddr::from(([127, 0, 0, 1], 0));
    let replicas = Replicas::open(1);
    let start = || Backend::start(anywhere, replicas.addresses());
    let mut backends = vec![start(), start()];
    let (requests, restarts) = (size(5_000, 50_000), size(4, 20));
    let balancer = Balancer::before(&backends);
    let mut looking = JoinSet::new();
    looking.spawn(balancer.clone().look());

    let (sent, failed) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (restarted, began) = (Arc::new(AtomicBool::new(false)), Instant::now());
    let mut clients = JoinSet::new();
    for _ in 0..16 {
        let (balancer, sent, failed) = (balancer.clone(), sent.clone(), failed.clone());
        let restarted = restarted.clone();
        clients.spawn(async move {
            while sent.fetch_add(1, Ordering::Relaxed) < requests || !restarted.load(Ordering::Relaxed) {
                if !balancer.pass_on().await {
                    failed.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
    }
    for round in 0..restarts {
        let backend = &mut backends[round % 2];
        backend.restart().await;
        while !balancer.backends[round % 2].1.load(Ordering::Relaxed) {
            tokio::task::yield_now().await;
        }
    }
    restarted.store(true, Ordering::Relaxed);
    while clients.join_next().await.is_some() {}
    let (sent, failed) = (sent.load(Ordering::Relaxed), failed.load(Ordering::Relaxed));
    println!("{restarts} restarts: {failed} of {sent} requests failed, in {:.1?}", began.elapsed());
    assert_eq!(failed, 0, "of {sent}");
}
