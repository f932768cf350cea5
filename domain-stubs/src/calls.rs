//! The log of the newest calls to the domain: the request, its deadline and the outcome of each.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use proto::admin::{Call, CallEnd};
use tokio::{sync::watch, time::Instant};
use tonic::Code;

/// Number of calls that are kept.
const CAPACITY: usize = 1_000;

/// The call log of a domain. Cheap to clone; clones share the log.
#[derive(Clone)]
pub struct Calls(Arc<Log>);

struct Log {
    entries: Mutex<Entries>,
    /// Signal of each change.
    changes: watch::Sender<()>,
}

#[derive(Default)]
struct Entries {
    /// Calls with their numbers, oldest and lowest first.
    calls: VecDeque<(u64, Call)>,
    next_number: u64,
}

/// A call that has not ended. If it is dropped, the call is logged as cancelled by the client.
pub(crate) struct Running {
    calls: Calls,
    number: u64,
    start: Instant,
    /// Bytes of the response messages so far.
    pub(crate) response_bytes: i64,
    ended: bool,
}

impl Calls {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Log { entries: Mutex::default(), changes: watch::Sender::default() }))
    }

    /// The newest calls, oldest first, 1,000 at most.
    #[must_use]
    pub fn list(&self) -> Vec<Call> {
        self.lock().calls.iter().map(|(_, call)| call.clone()).collect()
    }

    /// Clears the log, including the calls that still run.
    pub fn clear(&self) {
        self.change(|entries| entries.calls.clear());
    }

    /// Waits until `is_reached` holds for the calls, and returns them. There is no time limit.
    pub async fn wait_until(&self, mut is_reached: impl FnMut(&[Call]) -> bool) -> Vec<Call> {
        let mut changes = self.0.changes.subscribe();
        loop {
            changes.borrow_and_update();
            let calls = self.list();
            if is_reached(&calls) {
                return calls;
            }
            // The sender lives in this log, so this cannot fail.
            changes.changed().await.ok();
        }
    }

    /// Logs a call that begins now.
    pub(crate) fn begin(&self, call: Call) -> Running {
        let number = self.change(|entries| {
            if entries.calls.len() == CAPACITY {
                entries.calls.pop_front();
            }
            let number = entries.next_number;
            entries.calls.push_back((number, call));
            entries.next_number += 1;
            number
        });
        Running { calls: self.clone(), number, start: Instant::now(), response_bytes: 0, ended: false }
    }

    fn change<T>(&self, change: impl FnOnce(&mut Entries) -> T) -> T {
        let changed = change(&mut self.lock());
        self.0.changes.send_replace(());
        changed
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.0.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Running {
    /// Updates the log entry of the call.
    pub(crate) fn note(&self, note: impl FnOnce(&mut Call)) {
        self.calls.change(|Entries { calls, .. }| {
            if let Ok(at) = calls.binary_search_by_key(&self.number, |(number, _)| *number) {
                note(&mut calls[at].1);
            }
        });
    }

    /// Ends the call with the status code of the domain's response.
    pub(crate) fn finish(mut self, code: Code) {
        self.end(CallEnd::Answered, code.into());
    }

    fn end(&mut self, end: CallEnd, code: i32) {
        self.ended = true;
        let (duration, response_bytes) = (self.start.elapsed(), self.response_bytes);
        self.note(|call| {
            call.set_end(end);
            call.code = code;
            call.response_bytes = response_bytes;
            call.duration = to_proto(duration);
        });
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.ended {
            self.end(CallEnd::Cancelled, 0);
        }
    }
}

impl fmt::Debug for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Calls").field(&self.list()).finish()
    }
}

/// A duration as it is sent; `None` for one of more than 10,000 years.
pub(crate) fn to_proto(duration: Duration) -> Option<prost_types::Duration> {
    prost_types::Duration::try_from(duration).ok()
}

#[cfg(test)]
mod tests;
