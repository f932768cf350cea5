//! An observer of the calls of a server.

use std::fmt::Debug;
use std::time::Duration;

use tokio::time::Instant;

use crate::UpstreamError;

/// Is told of every call of a server when it ends.
pub trait Observer: Debug + Send + Sync {
    /// A call of this RPC ended so, after this time.
    fn call_ended(&self, rpc: &'static str, took: Duration, end: CallEnd<'_>);
}

/// Nobody.
impl Observer for () {
    fn call_ended(&self, _rpc: &'static str, _took: Duration, _end: CallEnd<'_>) {}
}

/// How a call ended.
#[derive(Clone, Copy, Debug)]
pub enum CallEnd<'a> {
    /// It was answered.
    Loaded,
    /// It failed.
    Failed(&'a UpstreamError),
    /// The request went away first.
    Abandoned,
}

impl CallEnd<'_> {
    /// The status of gRPC, by name; `ABANDONED` where there is none.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Loaded => "OK",
            Self::Failed(fault) => fault.code(),
            Self::Abandoned => "ABANDONED",
        }
    }
}

/// A call that is under way. Whoever drops it has abandoned the call.
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

    pub(crate) fn end(mut self, fault: Option<&UpstreamError>) {
        self.ended = true;
        self.tell(fault.map_or(CallEnd::Loaded, CallEnd::Failed));
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
