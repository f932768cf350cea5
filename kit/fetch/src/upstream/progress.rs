//! The progress of a call: if it waits for its turn or has been sent, when, and to which endpoint.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// Progress of a call, which may be under way twice. It outlives the layers, so that the deadline can tell how far a
/// call had come that it ends.
#[derive(Debug)]
pub(super) struct Progress {
    first: Sending,
    second: Sending,
}

/// One of the two calls that a call may consist of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nth {
    First,
    Second,
}

/// Progress of one of the two calls: each is written by one task alone.
#[derive(Debug)]
struct Sending {
    /// Number of the endpoint; 0 while the call waits for its turn.
    endpoint: AtomicU32,
    /// Time at which the call was sent, in microseconds since the origin.
    sent_us: AtomicU64,
    origin: Instant,
}

/// One of the two calls, with the other in view.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attempt<'p> {
    own: &'p Sending,
    other: &'p Sending,
}

impl Progress {
    pub(super) fn new() -> Self {
        let origin = Instant::now();
        let new = || Sending { endpoint: AtomicU32::new(0), sent_us: AtomicU64::new(0), origin };
        Self { first: new(), second: new() }
    }

    /// Records that the call begins, or begins again.
    pub(super) fn begins(&self) {
        self.first.waits();
        self.second.waits();
    }

    pub(super) fn attempt(&self, nth: Nth) -> Attempt<'_> {
        let (own, other) = match nth {
            Nth::First => (&self.first, &self.second),
            Nth::Second => (&self.second, &self.first),
        };
        Attempt { own, other }
    }

    pub(super) fn is_sent(&self) -> bool {
        self.first.endpoint().is_some() || self.second.endpoint().is_some()
    }
}

impl Attempt<'_> {
    /// Records that the call waits for its turn.
    pub(super) fn waits(self) {
        self.own.waits();
    }

    /// Records that the call has been sent to the endpoint with this number.
    pub(super) fn sent(self, endpoint: NonZeroU32) {
        let sent_us = u64::try_from(self.own.origin.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.own.sent_us.store(sent_us, Ordering::Relaxed);
        self.own.endpoint.store(endpoint.get(), Ordering::Relaxed);
    }

    /// Returns the time at which the call was sent; `None` while it waits for its turn.
    pub(super) fn sent_at(self) -> Option<Instant> {
        self.own.endpoint()?;
        Some(self.own.origin + Duration::from_micros(self.own.sent_us.load(Ordering::Relaxed)))
    }

    /// Returns the endpoint of the other call; `None` if that has not been sent.
    pub(super) fn endpoint_of_other(self) -> Option<NonZeroU32> {
        self.other.endpoint()
    }
}

impl Sending {
    fn waits(&self) {
        self.endpoint.store(0, Ordering::Relaxed);
    }

    fn endpoint(&self) -> Option<NonZeroU32> {
        NonZeroU32::new(self.endpoint.load(Ordering::Relaxed))
    }
}
