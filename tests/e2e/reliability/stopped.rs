//! A BFF that is stopped under load, behind a balancer: no request fails.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, header};
use http_body_util::Full;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use super::replicas::Replicas;
use super::restarts::PRODUCTS;
use super::size;
use crate::support::{Connection, Pipe};

/// Requests a second, whatever becomes of the ones before.
const RATE: u32 = 500;

/// A balancer, as most are: it asks each server every 50 ms whether it is ready, and keeps connections.
struct Balancer {
    server: Arc<Pipe>,
    stop: Option<oneshot::Sender<()>>,
    /// Number of servers that have been in use.
    generation: usize,
    idle: Vec<(usize, Connection)>,
}

type Shared = Arc<Mutex<Balancer>>;

fn server(addresses: &str) -> (Arc<Pipe>, oneshot::Sender<()>) {
    let (stop, stopped) = oneshot::channel::<()>();
    let configure = |config: &mut bff_kit::host::config::Config| {
        addresses.clone_into(&mut config.upstream.default);
        config.server.stop_delay_ms = Some(500);
    };
    (Arc::new(Pipe::with(bff_web::client(), configure, async { drop(stopped.await) })), stop)
}

async fn send(balancer: &Shared, method: &str, path: &str, body: String) -> Option<http::Response<Bytes>> {
    let (server, generation, idle) = {
        let mut balancer = balancer.lock().unwrap();
        let generation = balancer.generation;
        balancer.idle.retain(|(of, _)| *of == generation);
        (balancer.server.clone(), generation, balancer.idle.pop())
    };
    let mut connection = match idle {
        Some((_, connection)) => connection,
        None => Connection::over(server.connect()?).await,
    };
    let request = Request::builder().method(method).uri(path).header(header::HOST, "bff");
    let request = request.header(header::CONTENT_TYPE, "application/json").body(Full::from(body)).unwrap();
    let response = connection.fetch(request).await;
    if !response.headers().contains_key(header::CONNECTION) {
        balancer.lock().unwrap().idle.push((generation, connection));
    }
    Some(response)
}

/// Sends requests at the rate, until it is dropped; returns the number of those that failed.
async fn load(balancer: Shared, sent: Arc<AtomicUsize>, stop: oneshot::Receiver<()>) -> usize {
    let mut ticks = interval(Duration::from_secs(1) / RATE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let (mut stop, mut requests, body) =
        (std::pin::pin!(stop), JoinSet::new(), serde_json::json!({ "query": PRODUCTS }).to_string());
    loop {
        tokio::select! {
            _stopped = &mut stop => break,
            _tick = ticks.tick() => {
                let (balancer, body) = (balancer.clone(), body.clone());
                sent.fetch_add(1, Ordering::Relaxed);
                requests.spawn(async move {
                    let response = send(&balancer, "POST", "/graphql", body).await;
                    response.is_some_and(|it| it.status() == 200 && !it.body().windows(8).any(|at| at == b"\"errors\""))
                });
            }
        }
    }
    let mut failed = 0;
    while let Some(ended) = requests.join_next().await {
        failed += usize::from(!ended.is_ok_and(|whole| whole));
    }
    failed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_stopped_fails_no_request() {
    let replicas = Replicas::open(1);
    let (first, stop) = server(&replicas.addresses());
    let balancer = Balancer { server: first, stop: Some(stop), generation: 0, idle: Vec::new() };
    let balancer: Shared = Arc::new(Mutex::new(balancer));
    let (end, ended) = oneshot::channel();
    let sent = Arc::new(AtomicUsize::new(0));
    let running = tokio::spawn(load(balancer.clone(), sent.clone(), ended));
    let stops = size(3, 20);
    let start = Instant::now();
    for _ in 0..stops {
        sleep(Duration::from_millis(500)).await;
        let (next, stop_next) = server(&replicas.addresses());
        let stop = balancer.lock().unwrap().stop.replace(stop_next);
        let old = balancer.lock().unwrap().server.clone();
        stop.unwrap().send(()).unwrap();
        // Until a probe tells the balancer, requests still go to the server that stops.
        loop {
            let mut probe = Connection::over(old.connect().unwrap()).await;
            let request = Request::get("/readyz").header(header::HOST, "bff").body(Full::default()).unwrap();
            if probe.fetch(request).await.status() == 503 {
                break;
            }
            sleep(Duration::from_millis(50)).await;
        }
        sleep(Duration::from_millis(50)).await;
        let mut balancer = balancer.lock().unwrap();
        (balancer.server, balancer.generation) = (next, balancer.generation + 1);
    }
    sleep(Duration::from_millis(500)).await;
    end.send(()).unwrap();
    let failed = running.await.unwrap();
    let sent = sent.load(Ordering::Relaxed);
    println!("{stops} stops: {failed} of {sent} requests failed, in {:.1?}", start.elapsed());
    assert_eq!(failed, 0, "of {sent}");
}
