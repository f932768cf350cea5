//! Clients that send one request after another, and look at every answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, header};
use http_body_util::Full;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::support::{Answer, Connection, Pipe};

/// Clients that send the same query again and again, each on a connection of its own, until they are stopped.
pub(super) struct Load {
    stopped: Arc<AtomicBool>,
    sent: Arc<AtomicUsize>,
    clients: JoinSet<Vec<Sent>>,
}

/// One request, and its answer.
pub(super) struct Sent {
    pub(super) at: Instant,
    pub(super) took: Duration,
    /// The answer, if something is missing in it; empty if it is whole.
    pub(super) missing: String,
}

impl Load {
    /// Starts clients, which rest after each answer.
    pub(super) async fn start(pipe: &Pipe, clients: usize, rest: Duration, query: &'static str) -> Self {
        let (stopped, sent) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let mut running = JoinSet::new();
        for _ in 0..clients {
            let mut connection = pipe.http1().await;
            let (stopped, sent) = (stopped.clone(), sent.clone());
            running.spawn(async move {
                let mut all = Vec::new();
                while !stopped.load(Ordering::Relaxed) {
                    all.push(send(&mut connection, query).await);
                    sent.fetch_add(1, Ordering::Relaxed);
                    sleep(rest).await;
                }
                all
            });
        }
        Self { stopped, sent, clients: running }
    }

    /// Waits until so many requests have been answered since the start.
    pub(super) async fn answered(&self, count: usize) {
        while self.sent.load(Ordering::Relaxed) < count {
            sleep(Duration::from_millis(5)).await;
        }
    }

    pub(super) fn count(&self) -> usize {
        self.sent.load(Ordering::Relaxed)
    }

    /// Stops the clients, and returns all requests in the order in which they were sent.
    pub(super) async fn stop(self) -> Vec<Sent> {
        self.stopped.store(true, Ordering::Relaxed);
        let mut all: Vec<_> = self.clients.join_all().await.into_iter().flatten().collect();
        all.sort_by_key(|it| it.at);
        all
    }
}

async fn send(connection: &mut Connection, query: &str) -> Sent {
    let body = serde_json::json!({ "query": query }).to_string();
    let request = Request::post("/graphql")
        .header(header::HOST, "bff")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Full::<Bytes>::from(body))
        .unwrap();
    let at = Instant::now();
    let answer = connection.send(request).await;
    Sent { at, took: at.elapsed(), missing: missing(&answer) }
}

fn missing(answer: &Answer) -> String {
    let is_whole = answer.body.get("errors").is_none() && answer.body["extensions"].get("degraded").is_none();
    if is_whole && answer.body.get("data").is_some() { String::new() } else { answer.text.clone() }
}

/// The times that requests took.
pub(super) fn took(sent: &[Sent]) -> impl Iterator<Item = Duration> {
    sent.iter().map(|it| it.took)
}

/// Returns the time within which this share of the requests was answered.
pub(super) fn percentile(took: impl Iterator<Item = Duration>, share: f64) -> Duration {
    let mut took: Vec<_> = took.collect();
    took.sort_unstable();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "it is an index"
    )]
    let at = (took.len() as f64 * share) as usize;
    took[at.min(took.len() - 1)]
}
