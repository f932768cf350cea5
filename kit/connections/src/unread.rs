//! Answers on their way into connections, and a bound on the bytes that clients leave unread.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Buf as _, Bytes};
use http_body::{Body, Frame, SizeHint};
use tokio::time::MissedTickBehavior;

use crate::activity::{Activity, Answering, Running};
use crate::bounds::Admitted;

/// Bytes handed to a connection at a time. The connection polls for more when its client reads more, so an unread
/// stream holds this much in addition.
const CHUNK: usize = 4 * 1024;

/// Bytes counted for an answer in addition to its own: about as much as its request and its stream take while it waits,
/// even if the answer is a rejection.
const BESIDE: usize = 16 * 1024;

/// Time without progress after which an answer counts as left unread: a client that reads makes progress sooner.
const TOLERANCE: Duration = Duration::from_secs(1);

/// Tolerance when more than twice the bound is unread: memory cannot wait for a client that may yet read.
const SHORT_TOLERANCE: Duration = Duration::from_millis(250);

/// Interval between two checks of the unread bytes.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Bytes that the clients of a server have not read. When there are more than the bound, the connection that holds most
/// of them is ended, so that clients that read lose nothing.
#[derive(Debug)]
pub struct Unread {
    bytes: AtomicUsize,
    bound: usize,
    connections: Mutex<Connections>,
}

#[derive(Debug, Default)]
struct Connections {
    next: u64,
    open: HashMap<u64, Weak<Activity>>,
}

/// Guard of a connection that is checked until the guard is dropped.
pub(crate) struct Watched {
    unread: Arc<Unread>,
    id: u64,
}

impl Unread {
    pub(crate) fn new(bound: usize) -> Arc<Self> {
        Arc::new(Self { bytes: AtomicUsize::new(0), bound, connections: Mutex::default() })
    }

    /// Returns the bytes of answers that no connection has taken.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    pub(crate) fn watch(self: &Arc<Self>, activity: &Arc<Activity>) -> Watched {
        let mut connections = self.connections();
        connections.next += 1;
        let id = connections.next;
        connections.open.insert(id, Arc::downgrade(activity));
        drop(connections);
        Watched { unread: self.clone(), id }
    }

    /// Checks the unread bytes at intervals, for as long as it is polled, and ends the connections that hold most while
    /// there are too many.
    pub async fn hold(self: Arc<Self>) {
        let mut again = tokio::time::interval(LOOK_EVERY);
        again.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            again.tick().await;
            self.end_the_greediest();
        }
    }

    fn end_the_greediest(&self) {
        let mut all = self.bytes();
        if all <= self.bound {
            return;
        }
        let tolerance = if all / 2 > self.bound { SHORT_TOLERANCE } else { TOLERANCE };
        let open: Vec<_> = self.connections().open.values().filter_map(Weak::upgrade).collect();
        let mut held: Vec<_> = open.iter().map(|it| (it.unread_since(tolerance), it)).collect();
        held.sort_unstable_by_key(|(bytes, _)| std::cmp::Reverse(*bytes));
        for (bytes, greedy) in held {
            if all <= self.bound || bytes == 0 {
                return;
            }
            greedy.end_for_greed();
            all -= bytes.min(all);
        }
    }

    fn connections(&self) -> MutexGuard<'_, Connections> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.unread.connections().open.remove(&self.id);
    }
}

/// Body of an answer, handed to its connection in pieces.
pub(crate) struct Paced {
    body: axum::body::Body,
    /// Rest of the current frame.
    rest: Bytes,
    answering: Answering,
    /// Guards that count the request and its bytes until the body is dropped.
    _counted: (Option<Admitted>, Counted),
}

struct Counted {
    unread: Arc<Unread>,
    bytes: usize,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.unread.bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

impl Paced {
    /// Creates the body of an answer of this many bytes; the request and the stream are counted in addition.
    pub(crate) fn new(
        body: axum::body::Body,
        bytes: usize,
        running: Running,
        admitted: Option<Admitted>,
        unread: &Arc<Unread>,
    ) -> Self {
        let bytes = bytes + BESIDE;
        let answering = running.answered(bytes);
        unread.bytes.fetch_add(bytes, Ordering::Relaxed);
        Self {
            body,
            rest: Bytes::new(),
            answering,
            _counted: (admitted, Counted { unread: unread.clone(), bytes }),
        }
    }

    fn piece(&mut self) -> Frame<Bytes> {
        let length = self.rest.len().min(CHUNK);
        Frame::data(self.rest.copy_to_bytes(length))
    }
}

impl Body for Paced {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.answering.progress();
        if !self.rest.is_empty() {
            return Poll::Ready(Some(Ok(self.piece())));
        }
        let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(context));
        Poll::Ready(frame.map(|frame| {
            frame.map(|frame| match frame.into_data() {
                Ok(data) => {
                    self.rest = data;
                    self.piece()
                }
                Err(other) => other,
            })
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (hint, rest) = (self.body.size_hint(), self.rest.len() as u64);
        let mut whole = SizeHint::new();
        if let Some(upper) = hint.upper() {
            whole.set_upper(upper + rest);
        }
        whole.set_lower(hint.lower() + rest);
        whole
    }
}
