//! An observer of the calls of a server.

use std::fmt::Debug;
use std::time::Duration;

use tokio::time::Instant;

use crate::UpstreamError;

/// Receives every call of a server when the call ends.
pub trait Observer: Debug + Send + Sync {
    /// Receives the end of a call of this RPC, and the time that the call took.
    fn call_ended(&self, rpc: &'static str, took: Duration, end: CallEnd<'_>);

    /// Receives what was decided about a call of this RPC on its way to the service.
    fn decided(&self, rpc: &'static str, decision: Decision);
}

/// Observer that ignores all calls.
impl Observer for () {
    fn call_ended(&self, _rpc: &'static str, _took: Duration, _end: CallEnd<'_>) {}

    fn decided(&self, _rpc: &'static str, _decision: Decision) {}
}

/// A decision about a call, or the calls, of an RPC on their way to the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decision {
    /// The call is made again, after a failure that may pass.
    Retried,
    /// The call would be made again, but the service's budget of retries is used up.
    OutOfRetries,
    /// The call is sent again, because its connection ended before any service can have seen it.
    Resent,
    /// The call was not made, since its request can do without it and the server has too much work.
    LeftOut,
    /// The time of the call ended while it waited for its turn, because too many calls were under way.
    Overflowed,
    /// A second call is made beside one that is slow.
    Hedged,
    /// A second call was made, and its answer came first.
    HedgeWon,
    /// A second call would be made, but the budget of the RPC or that of the service is used up.
    OutOfHedges,
    /// The call fails without being sent, because the breaker of the RPC is open.
    Broken,
    /// The breaker of the RPC opens, because too many calls failed or were slow.
    BreakerOpened,
    /// The breaker of the RPC closes, because the service answers again.
    BreakerClosed,
    /// A value that is kept counts as old, because the service says that it changed.
    Dropped,
    /// The stream by which the service tells of changes ended, and is opened again.
    WatchEnded,
}

impl Decision {
    /// All decisions.
    pub const ALL: [Self; 13] = [
        Self::Retried,
        Self::OutOfRetries,
        Self::Resent,
        Self::LeftOut,
        Self::Overflowed,
        Self::Hedged,
        Self::HedgeWon,
        Self::OutOfHedges,
        Self::Broken,
        Self::BreakerOpened,
        Self::BreakerClosed,
        Self::Dropped,
        Self::WatchEnded,
    ];

    /// Returns the name of the decision, for logs and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Retried => "retried",
            Self::OutOfRetries => "out_of_retries",
            Self::Resent => "resent",
            Self::LeftOut => "left_out",
            Self::Overflowed => "overflowed",
            Self::Hedged => "hedged",
            Self::HedgeWon => "hedge_won",
            Self::OutOfHedges => "out_of_hedges",
            Self::Broken => "broken",
            Self::BreakerOpened => "breaker_opened",
            Self::BreakerClosed => "breaker_closed",
            Self::Dropped => "dropped",
            Self::WatchEnded => "watch_ended",
        }
    }
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

    /// Ends the call. One that an open breaker kept from being sent is none: the breaker's decision is told instead.
    pub(crate) fn end(mut self, failure: Option<&UpstreamError>) {
        self.ended = true;
        if failure.is_some_and(UpstreamError::is_broken) {
            return;
        }
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
