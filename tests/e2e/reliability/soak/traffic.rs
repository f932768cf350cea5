//! Requests at a steady rate, whatever becomes of the ones before.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, header};
use http_body_util::Full;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::support::{ADA, Answer, Connection};

/// Queries, sent in turn: for public values, which the BFF keeps, and for others, which it does not.
const QUERIES: [&str; 4] = [
    "{ products(first: 3) { nodes { name price { current { amount } } rating { average } stock { available } } } }",
    "{ cart { count items { quantity product { name price { current { amount } } } } } }",
    "{ notifications(first: 3) { unreadCount } cart { count } }",
    "{ orders(first: 3) { nodes { id items { product { name } } } } }",
];

/// Time for which an idle connection may be used again: less than that after which the server ends it.
const REUSE: Duration = Duration::from_secs(30);

/// One answer.
#[derive(Clone, Debug)]
pub(super) struct Got {
    pub(super) took: Duration,
    /// The code of what is missing; `None` if the answer is whole.
    pub(super) missing: Option<String>,
}

/// A client that keeps its connections.
#[derive(Clone)]
pub(super) struct Traffic {
    to: SocketAddr,
    /// The connections in use no more, and the time of their last use.
    idle: Arc<Mutex<Vec<(Instant, Connection)>>>,
}

impl Traffic {
    pub(super) fn to(to: SocketAddr) -> Self {
        Self { to, idle: Arc::default() }
    }

    /// Sends so many requests a second until `end` is ready, and returns their answers.
    pub(super) async fn until(&self, rate: u32, end: impl Future<Output = ()>) -> Vec<Got> {
        let mut ticks = interval(Duration::from_secs(1) / rate);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let (mut requests, mut count, mut all) = (JoinSet::new(), 0, Vec::new());
        let mut end = std::pin::pin!(end);
        loop {
            tokio::select! {
                () = &mut end => break,
                Some(got) = requests.join_next() => all.push(got.unwrap()),
                _ = ticks.tick() => {
                    requests.spawn(self.clone().send(QUERIES[count % QUERIES.len()]));
                    count += 1;
                }
            }
        }
        all.extend(requests.join_all().await);
        all
    }

    async fn send(self, query: &'static str) -> Got {
        let start = Instant::now();
        let kept = self.idle.lock().unwrap().pop();
        let mut connection = match kept {
            Some((used, connection)) if used.elapsed() < REUSE => connection,
            _ => Connection::over(TcpStream::connect(self.to).await.unwrap()).await,
        };
        let request = Request::post("/graphql")
            .header(header::HOST, "127.0.0.1")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/graphql-response+json")
            .header(ADA.0, ADA.1)
            .body(Full::<Bytes>::from(serde_json::json!({ "query": query }).to_string()))
            .unwrap();
        let answer = connection.send(request).await;
        if !answer.headers.contains_key(header::CONNECTION) {
            self.idle.lock().unwrap().push((Instant::now(), connection));
        }
        Got { took: start.elapsed(), missing: missing(&answer) }
    }

    /// Closes all connections.
    pub(super) fn hang_up(&self) {
        self.idle.lock().unwrap().clear();
    }
}

fn missing(answer: &Answer) -> Option<String> {
    let code = |part: &serde_json::Value| part["code"].as_str().unwrap_or("no code").to_owned();
    let error = answer.body["errors"].get(0).map(|error| code(&error["extensions"]));
    let degraded = answer.body["extensions"]["degraded"].get(0).map(code);
    let none = || (!answer.body["data"].is_object()).then(|| "no data".to_owned());
    error.or(degraded).or_else(none)
}
