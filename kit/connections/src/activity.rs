//! Activity of a connection: its requests and answers, and the timeouts that end it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// Timeouts of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Timers {
    /// Time for a head, and for a TLS handshake.
    pub header: Duration,
    /// Time between two requests of HTTP/1.1, or without a stream of HTTP/2.
    pub idle: Duration,
    /// Time without progress of an answer.
    pub write: Duration,
}

impl Timers {
    /// Returns the shortest timeout. A deadline that arises during a sleep of this length is due after the sleep.
    fn shortest(self) -> Duration {
        self.header.min(self.idle).min(self.write)
    }
}

/// Reason for which the server ended a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The head of a request did not come in time.
    Head,
    /// No request came in time.
    Idle,
    /// The client read nothing of an answer in time.
    Unread,
    /// The connection held most of the unread bytes while all connections together held too many.
    Greedy,
}

/// Requests and answers of one connection. Recording them sets no timer: [`Activity::ended`] checks them as seldom as
/// possible.
#[derive(Debug)]
pub(crate) struct Activity {
    noted: Mutex<Noted>,
    speaks_http2: AtomicBool,
    greedy: AtomicBool,
    /// Notified when `greedy` is set.
    told: Notify,
    /// Notified when the client is to be sent elsewhere.
    leave: Notify,
}

#[derive(Debug)]
struct Noted {
    /// Number of requests whose answers the connection has not taken completely.
    running: usize,
    /// Start of a request head that has not arrived completely.
    head_since: Option<Instant>,
    idle_since: Instant,
    /// Answers with bytes that the connection has not taken: the id, and the time of the last progress.
    unread: Vec<(u64, Instant)>,
    unread_bytes: usize,
    next_answer: u64,
    /// Start of a write that the network does not accept.
    blocked_since: Option<Instant>,
}

impl Activity {
    /// Creates the activity of a connection that has just been opened and waits for its first request.
    pub(crate) fn new() -> Self {
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

    /// Records that bytes arrived. In HTTP/1.1, bytes that arrive while no request runs begin a head; in HTTP/2 they
    /// may belong to any frame.
    pub(crate) fn read(&self) {
        let mut noted = self.noted();
        if noted.running == 0 && noted.head_since.is_none() && !self.speaks_http2() {
            noted.head_since = Some(Instant::now());
        }
    }

    /// Records whether the network accepted a write.
    pub(crate) fn wrote(&self, taken: bool) {
        let mut noted = self.noted();
        noted.blocked_since = if taken { None } else { noted.blocked_since.or_else(|| Some(Instant::now())) };
    }

    /// Records a request, which counts as running until the returned guard is dropped.
    pub(crate) fn begin(self: &Arc<Self>, is_http2: bool) -> Running {
        if is_http2 {
            self.speaks_http2.store(true, Ordering::Relaxed);
        }
        let mut noted = self.noted();
        noted.running += 1;
        noted.head_since = None;
        Running(self.clone())
    }

    /// Returns true if a request has come over HTTP/2.
    pub(crate) fn speaks_http2(&self) -> bool {
        self.speaks_http2.load(Ordering::Relaxed)
    }

    /// Requests that the client be sent elsewhere.
    pub(crate) fn leave(&self) {
        self.leave.notify_one();
    }

    /// Completes when [`Activity::leave`] is called.
    pub(crate) async fn leaving(&self) {
        self.leave.notified().await;
    }

    /// Returns the number of answers that the connection has not taken completely.
    pub(crate) fn answers_unread(&self) -> usize {
        self.noted().unread.len()
    }

    /// Returns the bytes of answers that the connection has not taken; 0 if every answer made progress within
    /// `tolerance`, or the connection is being ended already.
    pub(crate) fn unread_since(&self, tolerance: Duration) -> usize {
        let noted = self.noted();
        let stuck = noted.unread.iter().any(|(_, progress)| progress.elapsed() >= tolerance);
        if stuck && !self.greedy.load(Ordering::Relaxed) { noted.unread_bytes } else { 0 }
    }

    /// Ends the connection because of the unread bytes that it holds.
    pub(crate) fn end_for_greed(&self) {
        self.greedy.store(true, Ordering::Relaxed);
        self.told.notify_one();
    }

    /// Completes when the connection must end, and returns the reason.
    pub(crate) async fn ended(&self, timers: Timers) -> Ended {
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

    /// Returns the earliest deadline in the current state, with its reason; `None` if no timeout runs.
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

/// Guard of a running request, and then of its answer until the connection has taken it.
pub(crate) struct Running(Arc<Activity>);

impl Drop for Running {
    fn drop(&mut self) {
        let mut noted = self.0.noted();
        noted.running -= 1;
        noted.idle_since = Instant::now();
    }
}

/// Guard of an answer that the connection has not taken completely.
pub(crate) struct Answering {
    running: Running,
    id: u64,
    bytes: usize,
}

impl Running {
    /// Records that the request was answered with this number of bytes.
    pub(crate) fn answered(self, bytes: usize) -> Answering {
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
    /// Records that the connection polls for more of the answer.
    pub(crate) fn progress(&self) {
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
