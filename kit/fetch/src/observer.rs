//! An observer of the calls of a server.

use std::fmt::Debug;
use std::time::Duration;

use tokio::time::Instant;

use crate::UpstreamError;

/// Receives every call of a server when the call ends.
pub trait Observer: Debug + Send + Sync {
    /// Receives the end of a call of this RPC, and the time that the call took.
    fn call_ended(&self, rpc: &'static str, took: Duration, end: CallEnd<'_>);
}

/// Observer that ignores all calls.
impl Observer for () {
    fn call_ended(&self, _rpc: &'static str, _took: Duration, _end: CallEnd<'_>) {}
}

/// End of a call.
#[derive(Clone, Copy, Debug)]
pub enum CallEnd<'a> {
    /// The call was successful.
    Answered,
    /// The call failed.
    Failed(&'a UpstreamError),
    /// The call was dropped, because its request went away first.
    Abandoned,
}

impl CallEnd<'_> {
    /// Returns the gRPC status, by name; `ABANDONED` if there is none.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Answered => "OK",
            Self::Failed(failure) => failure.code(),
            Self::Abandoned => "ABANDONED",
        }
    }
}

/// A call that is under way. Dropping it before its end means that the call was abandoned.
pub(crate) struct UnderWay<'a> {
    observer: &'a dyn Observer,
    rpc: &'static str,
    started: Instant,
    ended: bool,
}

impl<'a> UnderWay<'a> {
    pub(crate) fn begin(observer: &'a dyn Observer, rpc: &'static str) -> Self {
        Self { observer, rpc, started: Instant::now(), ended: false }
    }

    pub(crate) fn end(mut self, failure: Option<&UpstreamError>) {
        self.ended = true;
        self.tell(failure.map_or(CallEnd::Answered, CallEnd::Failed));
    }

    fn tell(&self, end: CallEnd<'_>) {
        self.observer.call_ended(self.rpc, self.started.elapsed(), end);
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.tell(CallEnd::Abandoned);
        }
    }
}
