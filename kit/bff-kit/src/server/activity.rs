//! Requests and answers of a connection, and when its time is up.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use crate::config::ServerConfig;

/// Time a connection has for each thing it may do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timers {
    pub(super) header: Duration,
    idle: Duration,
    write: Duration,
}

impl Timers {
    pub(super) fn of(config: &ServerConfig) -> Self {
        Self {
            header: Duration::from_millis(config.header_timeout_ms),
            idle: Duration::from_millis(config.idle_timeout_ms),
            write: Duration::from_millis(config.write_timeout_ms),
        }
    }

    /// A deadline that comes up while a timer of this length runs ends after it.
    fn shortest(self) -> Duration {
        self.header.min(self.idle).min(self.write)
    }
}

/// Why the server ended a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// The head of a request did not come in time.
    Head,
    /// Nothing was asked for in time.
    Idle,
    /// Its client took nothing of an answer in time.
    Unread,
    /// It held most of what clients had not read, and together they held too much.
    Greedy,
}

/// Requests and answers of one connection. They are noted without a timer: [`Activity::ended`] looks at them as seldom
/// as possible.
#[derive(Debug)]
pub(super) struct Activity {
    noted: Mutex<Noted>,
    speaks_http2: AtomicBool,
    greedy: AtomicBool,
    /// Told when it is greedy.
    told: Notify,
    /// Told when its client is to go elsewhere.
    leave: Notify,
}

#[derive(Debug)]
struct Noted {
    /// Requests whose answers the connection has not taken whole.
    running: usize,
    /// Start of a head that has not come whole.
    head_since: Option<Instant>,
    idle_since: Instant,
    /// Answers with bytes that the connection has not taken, and when it last took some.
    unread: Vec<(u64, Instant)>,
    unread_bytes: usize,
    next_answer: u64,
    /// Start of a write that the network does not take.
    blocked_since: Option<Instant>,
}

impl Activity {
    /// A connection that has just been opened, and whose first word is awaited.
    pub(super) fn new() -> Self {
        let now = Instant::now();
        let noted = Noted {
            running: 0,
            head_since: Some(now),
            idle_since: now,
            unread: Vec::new(),
            unread_bytes: 0,
            next_answer: 0,
            blocked_since: None,
        };
        Self {
            noted: Mutex::new(noted),
            speaks_http2: AtomicBool::new(false),
            greedy: AtomicBool::new(false),
            told: Notify::new(),
            leave: Notify::new(),
        }
    }

    /// Notes that bytes came. In HTTP/1.1 a head begins with those that come while nothing runs; in HTTP/2 they may be
    /// of any frame.
    pub(super) fn read(&self) {
        let mut noted = self.noted();
        if noted.running == 0 && noted.head_since.is_none() && !self.speaks_http2() {
            noted.head_since = Some(Instant::now());
        }
    }

    /// Notes whether the network takes what is written.
    pub(super) fn wrote(&self, taken: bool) {
        let mut noted = self.noted();
        noted.blocked_since = if taken { None } else { noted.blocked_since.or_else(|| Some(Instant::now())) };
    }

    /// Notes that a request has come, and runs until what is returned is dropped.
    pub(super) fn begin(self: &Arc<Self>, is_http2: bool) -> Running {
        if is_http2 {
            self.speaks_http2.store(true, Ordering::Relaxed);
        }
        let mut noted = self.noted();
        noted.running += 1;
        noted.head_since = None;
        Running(self.clone())
    }

    /// Whether a request has come by HTTP/2.
    pub(super) fn speaks_http2(&self) -> bool {
        self.speaks_http2.load(Ordering::Relaxed)
    }

    /// Asks for the client to be sent elsewhere.
    pub(super) fn leave(&self) {
        self.leave.notify_one();
    }

    /// Ready when that is asked for.
    pub(super) async fn leaving(&self) {
        self.leave.notified().await;
    }

    /// Answers that the connection has not taken whole.
    pub(super) fn answers_unread(&self) -> usize {
        self.noted().unread.len()
    }

    /// Bytes of answers that the connection has not taken; 0 for one that took some within so long, or is ended
    /// already.
    pub(super) fn unread_since(&self, tolerance: Duration) -> usize {
        let noted = self.noted();
        let stuck = noted.unread.iter().any(|(_, progress)| progress.elapsed() >= tolerance);
        if stuck && !self.greedy.load(Ordering::Relaxed) { noted.unread_bytes } else { 0 }
    }

    /// Ends the connection, for what it holds.
    pub(super) fn end_for_greed(&self) {
        self.greedy.store(true, Ordering::Relaxed);
        self.told.notify_one();
    }

    /// Ready when the time of the connection is up: why.
    pub(super) async fn ended(&self, timers: Timers) -> Ended {
        loop {
            if self.greedy.load(Ordering::Relaxed) {
                return Ended::Greedy;
            }
            let now = Instant::now();
            let look_again = match self.deadline(timers) {
                Some((deadline, reason)) if deadline <= now => return reason,
                Some((deadline, _)) => deadline.min(now + timers.shortest()),
                None => now + timers.shortest(),
            };
            tokio::select! {
                () = sleep_until(look_again) => {}
                () = self.told.notified() => {}
            }
        }
    }

    /// When the time is up as things are, and why.
    fn deadline(&self, timers: Timers) -> Option<(Instant, Ended)> {
        let noted = self.noted();
        let waiting = (noted.running == 0).then(|| match noted.head_since {
            Some(since) => (since + timers.header, Ended::Head),
            None => (noted.idle_since + timers.idle, Ended::Idle),
        });
        let unread = noted.unread.iter().map(|(_, progress)| *progress).chain(noted.blocked_since).min();
        let unread = unread.map(|since| (since + timers.write, Ended::Unread));
        waiting.into_iter().chain(unread).min_by_key(|(deadline, _)| *deadline)
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that runs, and then its answer on the way into the connection.
pub(super) struct Running(Arc<Activity>);

impl Drop for Running {
    fn drop(&mut self) {
        let mut noted = self.0.noted();
        noted.running -= 1;
        noted.idle_since = Instant::now();
    }
}

/// An answer that the connection has not taken whole, and its bytes.
pub(super) struct Answering {
    running: Running,
    id: u64,
    bytes: usize,
}

impl Running {
    /// The request is answered, with so many bytes.
    pub(super) fn answered(self, bytes: usize) -> Answering {
        let id = {
            let mut noted = self.0.noted();
            noted.unread_bytes += bytes;
            noted.next_answer += 1;
            let id = noted.next_answer;
            noted.unread.push((id, Instant::now()));
            id
        };
        Answering { running: self, id, bytes }
    }
}

impl Answering {
    /// Notes that the connection asks for more of it.
    pub(super) fn progress(&self) {
        let mut noted = self.running.0.noted();
        if let Some((_, progress)) = noted.unread.iter_mut().find(|(id, _)| *id == self.id) {
            *progress = Instant::now();
        }
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        let mut noted = self.running.0.noted();
        noted.unread_bytes -= self.bytes;
        noted.unread.retain(|(id, _)| *id != self.id);
    }
}
