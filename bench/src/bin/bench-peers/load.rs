//! The load: connections that send one request after the other for a while.

use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bench::http::Connection;
use bench::operations::{Requests, is_whole};
use futures_util::future::try_join_all;
use tokio::time::Instant;

/// Number of all requests that were sent, so that the text of each can be new.
static SENT: AtomicUsize = AtomicUsize::new(0);

/// Load on one server.
pub struct Load {
    pub address: SocketAddr,
    pub requests: Requests,
    pub tokens: Rc<[String]>,
    /// True if each request of a connection asks for something else.
    pub vary: bool,
    /// Number of the next request that asks for something else: they are the same for each server.
    pub next: Cell<usize>,
}

/// Outcome of a load: its answers, their times and sizes.
#[derive(Debug, Default)]
pub struct Seen {
    /// Durations of all requests, in microseconds, sorted.
    pub durations_us: Vec<u32>,
    /// Bytes of all answers.
    pub bytes: u64,
    /// Answers of another length than the first of their connection, or with errors.
    pub unlike: u64,
    /// Time from the first request to the last answer.
    pub took: Duration,
}

impl Load {
    /// Sends requests over some connections for a time.
    pub async fn run(&self, connections: usize, time: Duration) -> anyhow::Result<Seen> {
        let started = Instant::now();
        let parts =
            try_join_all((0..connections).map(|index| self.connection(index, started + time))).await?;
        let mut seen = Seen { took: started.elapsed(), ..Seen::default() };
        for part in parts {
            seen.durations_us.extend(part.durations_us);
            seen.bytes += part.bytes;
            seen.unlike += part.unlike;
        }
        seen.durations_us.sort_unstable();
        Ok(seen)
    }

    /// Sends requests over the connection of this index. Each connection asks for something of its own, so that no
    /// server answers two of them at once.
    async fn connection(&self, index: usize, until: Instant) -> anyhow::Result<Seen> {
        let mut connection = Connection::open(self.address).await?;
        let mut seen = Seen::default();
        let mut request = self.requests.write(index, &self.tokens, nth());
        let mut first: Option<usize> = None;
        loop {
            let started = Instant::now();
            if started >= until {
                return Ok(seen);
            }
            let (status, body) = connection.send(&request).await?;
            let took = started.elapsed();
            seen.durations_us.push(u32::try_from(took.as_micros()).unwrap_or(u32::MAX));
            seen.bytes += body.len() as u64;
            let is_alike = match first {
                _ if status != 200 => false,
                _ if self.vary => is_whole(body),
                // The length, since async-graphql orders fields by the time at which they are ready.
                Some(first) => first == body.len(),
                None => {
                    first = Some(body.len());
                    is_whole(body)
                }
            };
            seen.unlike += u64::from(!is_alike);
            if self.vary || self.requests.are_new() {
                let number = if self.vary { self.next.replace(self.next.get() + 1) } else { index };
                request = self.requests.write(number, &self.tokens, nth());
            }
        }
    }
}

/// Returns the number of the next request.
fn nth() -> usize {
    SENT.fetch_add(1, Ordering::Relaxed)
}
