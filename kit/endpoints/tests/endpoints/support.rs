//! A network in memory, with HTTP/2 servers whose every frame the test decides.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use endpoints::{ConnectError, Endpoints, Io, Network, NetworkFuture, Outcome, Settings, Stream, Target};
use h2::server::SendResponse;
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use tokio::io::DuplexStream;
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::Instant;
use tonic::body::Body;

/// Servers by their addresses, and names.
#[derive(Clone, Default)]
pub(crate) struct Memory(Arc<Inner>);

#[derive(Default)]
struct Inner {
    servers: Mutex<BTreeMap<SocketAddr, Reaction>>,
    names: Mutex<HashMap<String, Vec<SocketAddr>>>,
    lookups: AtomicUsize,
}

enum Reaction {
    Accept(mpsc::UnboundedSender<DuplexStream>),
    Hang,
}

impl Network for Memory {
    fn resolve<'a>(&'a self, host: &'a str, _port: u16) -> NetworkFuture<'a, Vec<SocketAddr>> {
        self.0.lookups.fetch_add(1, Ordering::Relaxed);
        let found = self.0.names.lock().unwrap().get(host).cloned();
        Box::pin(async move { found.ok_or_else(|| io::Error::other("no such host")) })
    }

    fn connect(&self, to: SocketAddr) -> NetworkFuture<'_, Box<dyn Io>> {
        let opened = match self.0.servers.lock().unwrap().get(&to) {
            Some(Reaction::Accept(server)) => {
                let (near, far) = tokio::io::duplex(1 << 20);
                server.send(far).ok().map(|()| Some(Box::new(near) as Box<dyn Io>))
            }
            Some(Reaction::Hang) => Some(None),
            None => None,
        };
        Box::pin(async move {
            match opened {
                Some(Some(io)) => Ok(io),
                Some(None) => std::future::pending().await,
                None => Err(io::ErrorKind::ConnectionRefused.into()),
            }
        })
    }
}

/// The address of the server with this number.
pub(crate) fn address(number: u16) -> SocketAddr {
    SocketAddr::from(([10, 0, 0, 1], number))
}

impl Memory {
    /// Adds a server, and returns the connections it accepts.
    pub(crate) fn listen(&self, number: u16) -> mpsc::UnboundedReceiver<DuplexStream> {
        let (sender, accepted) = mpsc::unbounded_channel();
        self.0.servers.lock().unwrap().insert(address(number), Reaction::Accept(sender));
        accepted
    }

    /// Adds a server that answers every request at once.
    pub(crate) fn serve(&self, number: u16) -> Server {
        self.serve_with(number, h2::server::Builder::new())
    }

    pub(crate) fn serve_with(&self, number: u16, builder: h2::server::Builder) -> Server {
        let mut accepted = self.listen(number);
        let server = Server::default();
        let of_task = server.clone();
        tokio::spawn(async move {
            while let Some(io) = accepted.recv().await {
                of_task.0.connections.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(of_task.clone().connection(io, builder.clone()));
            }
        });
        server
    }

    /// Makes attempts to connect hang.
    pub(crate) fn hang(&self, number: u16) {
        self.0.servers.lock().unwrap().insert(address(number), Reaction::Hang);
    }

    pub(crate) fn name(&self, host: &str, numbers: &[u16]) {
        let addresses = numbers.iter().map(|number| address(*number)).collect();
        self.0.names.lock().unwrap().insert(host.to_owned(), addresses);
    }

    /// Makes the resolution of a name fail.
    pub(crate) fn forget(&self, host: &str) {
        self.0.names.lock().unwrap().remove(host);
    }

    pub(crate) fn lookups(&self) -> usize {
        self.0.lookups.load(Ordering::Relaxed)
    }

    pub(crate) fn endpoints(&self, targets: &[&str], settings: Settings) -> Endpoints {
        let target = |it: &&str| Target::new(it.parse().unwrap(), || Err(())).unwrap();
        let targets: Vec<_> = targets.iter().map(target).collect();
        Endpoints::new(&targets, settings, Arc::new(self.clone()), Arc::new(()))
    }
}

/// A server that answers at once, unless it holds its answers back.
#[derive(Clone, Default)]
pub(crate) struct Server(Arc<State>);

#[derive(Default)]
struct State {
    connections: AtomicUsize,
    calls: AtomicUsize,
    /// Number of calls after which a connection says GOAWAY; 0 for never.
    goaway_after: AtomicUsize,
    holds: AtomicBool,
    /// Number of connections that answer nothing: the first so many.
    silent: AtomicUsize,
    fails: AtomicBool,
    held: Mutex<Vec<SendResponse<Bytes>>>,
    /// True while the server says that it serves; `None` if it has no health service.
    health: watch::Sender<Option<bool>>,
    health_requests: AtomicUsize,
    /// Notified when all connections are to say GOAWAY.
    goaway: Notify,
}

impl Server {
    pub(crate) fn connections(&self) -> usize {
        self.0.connections.load(Ordering::Relaxed)
    }

    pub(crate) fn calls(&self) -> usize {
        self.0.calls.load(Ordering::Relaxed)
    }

    pub(crate) fn goaway_after(&self, calls: usize) {
        self.0.goaway_after.store(calls, Ordering::Relaxed);
    }

    /// Holds back all answers from now on.
    pub(crate) fn hold(&self) {
        self.0.holds.store(true, Ordering::Relaxed);
    }

    /// Silences all connections that are open now, without a word: new ones work.
    pub(crate) fn silence(&self) {
        self.0.silent.store(self.connections(), Ordering::Relaxed);
    }

    /// Sends the answers held back, and holds no more.
    pub(crate) fn release(&self) {
        self.0.holds.store(false, Ordering::Relaxed);
        for mut respond in self.0.held.lock().unwrap().drain(..) {
            let _gone = respond.send_response(Response::new(()), true);
        }
    }

    /// Makes the server answer that it is not available.
    pub(crate) fn fail(&self, fails: bool) {
        self.0.fails.store(fails, Ordering::Relaxed);
    }

    /// Makes the server say whether it serves.
    pub(crate) fn serves(&self, serves: bool) {
        self.0.health.send_replace(Some(serves));
    }

    /// Makes all connections say GOAWAY, as those of a server that stops once its streams have ended.
    pub(crate) fn goaway(&self) {
        self.0.goaway.notify_waiters();
    }

    /// Number of clients that listen for the health.
    pub(crate) fn health_watchers(&self) -> usize {
        self.0.health.receiver_count()
    }

    pub(crate) fn health_requests(&self) -> usize {
        self.0.health_requests.load(Ordering::Relaxed)
    }

    async fn connection(self, io: DuplexStream, builder: h2::server::Builder) {
        let number = self.connections();
        let Ok(mut connection) = builder.handshake::<_, Bytes>(io).await else { return };
        let mut calls = 0;
        loop {
            let (request, mut respond) = tokio::select! {
                accepted = connection.accept() => match accepted {
                    Some(Ok(accepted)) => accepted,
                    _ => return,
                },
                () = self.0.goaway.notified() => {
                    connection.graceful_shutdown();
                    continue;
                }
            };
            if request.uri().path() == "/grpc.health.v1.Health/Watch" {
                self.0.health_requests.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(tell_health(self.0.health.subscribe(), respond));
                continue;
            }
            self.0.calls.fetch_add(1, Ordering::Relaxed);
            calls += 1;
            let is_silent = number <= self.0.silent.load(Ordering::Relaxed);
            if is_silent || self.0.holds.load(Ordering::Relaxed) {
                self.0.held.lock().unwrap().push(respond);
            } else {
                let fails = self.0.fails.load(Ordering::Relaxed);
                let status = if fails { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
                let response = Response::builder().status(status).body(()).unwrap();
                let _gone = respond.send_response(response, true);
            }
            if self.0.goaway_after.load(Ordering::Relaxed) == calls {
                connection.graceful_shutdown();
            }
        }
    }
}

/// Tells the health of a server for as long as the client listens.
async fn tell_health(mut health: watch::Receiver<Option<bool>>, mut respond: SendResponse<Bytes>) {
    let response = Response::builder().header("content-type", "application/grpc");
    if health.borrow().is_none() {
        let unimplemented = response.header("grpc-status", "12").body(()).unwrap();
        let _gone = respond.send_response(unimplemented, true);
        return;
    }
    let mut stream = respond.send_response(response.body(()).unwrap(), false).unwrap();
    loop {
        let serves = health.borrow_and_update().unwrap();
        // A frame of gRPC, with field 1 of the message: 1 for SERVING, 2 for NOT_SERVING.
        let message = [0, 0, 0, 0, 2, 8, if serves { 1 } else { 2 }];
        if stream.send_data(Bytes::copy_from_slice(&message), false).is_err() {
            return;
        }
        tokio::select! {
            _changed = health.changed() => {}
            _gone = std::future::poll_fn(|cx| stream.poll_reset(cx)) => return,
        }
    }
}

/// Settings with one connection for each endpoint that never grows old, and no health checks.
pub(crate) fn plain() -> Settings {
    Settings {
        max_connection_age: None,
        max_connections_per_endpoint: 1,
        health_checks: false,
        ..Settings::default()
    }
}

/// Makes one call over a reserved stream.
pub(crate) async fn send(stream: Stream, timeout: Duration) -> Result<(), Outcome> {
    let report = stream.report();
    let deadline = Instant::now() + timeout;
    let request = Request::post("/shop.reviews.v1.ReviewService/Get").body(Body::empty()).unwrap();
    let call = async {
        let response = stream.send(request, deadline).await.map_err(|_| Outcome::Unavailable)?;
        if response.status() != StatusCode::OK {
            return Err(Outcome::Unavailable);
        }
        response.into_body().collect().await.map(|_| ()).map_err(|_| Outcome::Unavailable)
    };
    let result = tokio::time::timeout_at(deadline, call).await.unwrap_or(Err(Outcome::TimedOut));
    report.outcome(result.err().unwrap_or(Outcome::Answered));
    result
}

/// Makes one call.
pub(crate) async fn call(
    endpoints: &Endpoints,
    timeout: Duration,
) -> Result<Result<(), Outcome>, ConnectError> {
    Ok(send(endpoints.stream().await?, timeout).await)
}
