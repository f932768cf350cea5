//! One call, and the state that all calls of a request share.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use prost::Message;
use prost_types::FieldMask;
use tokio::time::{Instant, timeout_at};

use super::{BatchResult, Fetch};
use crate::observer::UnderWay;
use crate::shared::Shared;
use crate::upstream::{Outgoing, late_unsent, timed_out};
use crate::{
    Authorized, Brownout, CallCredentials, Decision, FailureKind, Idempotency, Mask, Policy, Rpc, SampledLog,
    Tags, Upstream, UpstreamError,
};

/// State shared by all calls of one request.
#[derive(Debug)]
pub struct CallContext {
    /// The services, as all requests share them.
    pub upstream: Arc<Upstream>,
    /// Time by which the request must be answered. No call outlives it.
    pub deadline: Instant,
    /// The credentials of calls that depend on the principal.
    pub credentials: Arc<dyn CallCredentials>,
    /// Name of the operation, as its developers know it.
    pub operation: Arc<str>,
    /// Tags of the loaded values; `None` if the answer to the client may not be cached.
    pub tags: Option<Tags>,
    /// True if the request shares nothing with others: it changes something, and calls of others may be older than the
    /// change; or its own calls are to be seen.
    pub alone: bool,
    /// Time for which the values from the cache stay fresh.
    pub kept_fresh: KeptFresh,
    /// Calls that the request leaves out.
    pub brownout: Brownout,
    /// Time at which the request came in.
    pub started: Instant,
    /// The calls made so far.
    pub observed: Observed,
}

/// The shortest time for which a value from the cache that a request has read stays fresh.
#[derive(Debug)]
pub struct KeptFresh(AtomicU64);

impl Default for KeptFresh {
    fn default() -> Self {
        Self(AtomicU64::new(u64::MAX))
    }
}

impl KeptFresh {
    /// Returns the time; `None` if nothing was read from the cache.
    #[must_use]
    pub fn time(&self) -> Option<Duration> {
        let ms = self.0.load(Ordering::Relaxed);
        (ms < u64::MAX).then(|| Duration::from_millis(ms))
    }
}

/// The calls of a request, in the order they were started.
#[derive(Debug, Default)]
pub struct Observed(Mutex<Vec<ObservedCall>>);

/// A call that was made.
#[derive(Clone, Debug)]
pub struct ObservedCall {
    /// Slot of the call; `None` for a command, or for a call that was not planned.
    pub slot: Option<usize>,
    /// Name of the fetch or command.
    pub name: &'static str,
    /// The RPC.
    pub rpc: &'static str,
    /// Number of keys in the call.
    pub keys: usize,
    /// Start of the call, counted from the start of the request.
    pub start: Duration,
    /// Duration of the call; `None` while it runs, or if the request went away first.
    pub took: Option<Duration>,
    /// Size of the response in bytes; `None` without a response.
    pub bytes: Option<usize>,
    /// Failure kind of the call; `None` if it has not failed.
    pub failure: Option<FailureKind>,
    /// True if the call has changed something, or if it may have, and must not be made again to find out.
    pub has_changed: bool,
}

impl CallContext {
    /// Returns the log of the reasons why calls failed.
    #[must_use]
    pub fn log(&self) -> &SampledLog {
        &self.upstream.log
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.upstream.shared
    }

    /// Records that a value was read from the cache which stays fresh for this time.
    pub(crate) fn keep_no_longer(&self, time: Duration) {
        let ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.kept_fresh.0.fetch_min(ms, Ordering::Relaxed);
    }

    /// Returns the context of a call that outlives this request, for whoever needs its result.
    pub(crate) fn detached(&self, deadline: Instant) -> Self {
        Self {
            upstream: self.upstream.clone(),
            deadline,
            credentials: self.credentials.clone(),
            operation: self.operation.clone(),
            tags: None,
            alone: self.alone,
            brownout: Brownout::None,
            kept_fresh: KeptFresh::default(),
            started: Instant::now(),
            observed: Observed::default(),
        }
    }

    /// Records a deviation: a call that was not planned. Returns an error that describes the deviation if the call is
    /// not permitted.
    pub fn deviation(&self, what: &str) -> Result<(), UpstreamError> {
        let permitted = self.upstream.enforcement.deviation(&self.operation, what);
        permitted.map_err(|what| UpstreamError::new(FailureKind::Internal, what))
    }
}

impl Observed {
    /// Returns true if a call has changed something, or if one may have that must not be made again to find out.
    #[must_use]
    pub fn has_changed(&self) -> bool {
        self.lock().iter().any(|call| call.has_changed)
    }

    /// Returns the calls started so far.
    #[must_use]
    pub fn calls(&self) -> Vec<ObservedCall> {
        self.lock().clone()
    }

    fn start(&self, call: ObservedCall) -> usize {
        let mut calls = self.lock();
        calls.push(call);
        calls.len() - 1
    }

    fn end(&self, index: usize, end: impl FnOnce(&mut ObservedCall)) {
        if let Some(call) = self.lock().get_mut(index) {
            end(call);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<ObservedCall>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A call of a request that has been recorded.
pub(crate) struct Observation<'a> {
    context: &'a CallContext,
    index: usize,
}

impl Observation<'_> {
    /// Records the end of the call, and whether it has changed something.
    pub(crate) fn end(self, bytes: Option<usize>, failure: Option<FailureKind>, has_changed: bool) {
        let CallContext { observed, started, .. } = self.context;
        observed.end(self.index, |call| {
            call.took = Some(started.elapsed().saturating_sub(call.start));
            call.bytes = bytes;
            call.failure = failure;
            call.has_changed = has_changed;
        });
    }
}

/// One call to be made. The call is bound to the RPC that the fetch or command declares, and can make no other.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    context: &'a CallContext,
    rpc: Rpc,
    name: &'static str,
    policy: Policy,
    end: Instant,
    mask: Option<&'a Mask>,
    keys: usize,
    slot: Option<usize>,
}

impl<'a> Call<'a> {
    pub(crate) fn new(
        context: &'a CallContext,
        rpc: Rpc,
        name: &'static str,
        mask: Option<&'a Mask>,
    ) -> Result<Self, UpstreamError> {
        let Some(policy) = context.upstream.policies.get(name) else {
            let message = format!("{name} has no row in the policy table");
            tracing::error!(name, "{message}");
            return Err(UpstreamError::new(FailureKind::Internal, message));
        };
        Ok(Self { context, rpc, name, policy, end: context.deadline, mask, keys: 0, slot: None })
    }

    /// Returns the call with its end moved to this offset from the start of the request, if that is earlier.
    pub(crate) fn until(self, until: Option<Duration>) -> Self {
        let end = until.map_or(self.end, |until| self.end.min(self.context.started + until));
        Self { end, ..self }
    }

    /// Returns the call, or an error if the request can do without it, and either hardly any time is left for it or the
    /// server has too much work.
    pub(crate) fn worth_it(self, optional: bool) -> Result<Self, UpstreamError> {
        if !optional {
            return Ok(self);
        }
        if self.policy.is_left_out(self.context.brownout) {
            self.context.upstream.observer.decided(self.rpc.path(), Decision::LeftOut);
            let message = format!("{}: left out, because the server has too much work", self.rpc.path());
            return Err(UpstreamError::new(FailureKind::Overloaded, message));
        }
        let left = self.end.saturating_duration_since(Instant::now());
        if left < self.policy.least() { Err(late_unsent(self.rpc)) } else { Ok(self) }
    }

    pub(crate) fn policy(&self) -> Policy {
        self.policy
    }

    /// Returns true if requests are held to their plans.
    pub(crate) fn enforces(&self) -> bool {
        self.context.upstream.enforces()
    }

    pub(crate) fn mask_of_slot(&self) -> Option<&'a Mask> {
        self.mask
    }

    /// Returns the time by which the call must have ended if it starts now.
    pub(crate) fn end_from(&self, now: Instant) -> Instant {
        self.end.min(now + self.policy.timeout)
    }

    /// Returns the call with an end that it shares with others which start later: that of one which starts now.
    pub(crate) fn ending_within_one_timeout(self) -> Self {
        Self { end: self.end_from(Instant::now()), ..self }
    }

    /// Returns the error of the call if its response does not arrive in time.
    pub(crate) fn timed_out(&self) -> UpstreamError {
        timed_out(self.rpc)
    }

    /// Records the start of the call.
    pub(crate) fn observe(&self) -> Observation<'a> {
        let CallContext { observed, started, .. } = self.context;
        let index = observed.start(ObservedCall {
            slot: self.slot,
            name: self.name,
            rpc: self.rpc.path(),
            keys: self.keys,
            start: started.elapsed(),
            took: None,
            bytes: None,
            failure: None,
            has_changed: self.rpc.idempotency() == Idempotency::NonIdempotent,
        });
        Observation { context: self.context, index }
    }

    /// Returns the call as one planned in this slot.
    pub(crate) fn of_slot(self, slot: usize) -> Self {
        Self { slot: Some(slot), ..self }
    }

    pub(crate) fn with_keys(self, keys: usize) -> Self {
        Self { keys, ..self }
    }

    /// Returns the read mask of the call; `None` to read everything.
    #[must_use]
    pub fn mask(&self) -> Option<FieldMask> {
        self.mask.filter(|mask| !mask.is_all()).map(Mask::to_message)
    }

    /// Makes the call. The whole call, from waiting for its turn to the last byte of the response, with all retries, ends
    /// at the policy's timeout or the request's deadline, whichever comes first; dropping the future cancels the call.
    pub async fn unary<Q, A>(&self, request: Q) -> Result<A, UpstreamError>
    where
        Q: Message + 'static,
        A: Message + Default + 'static,
    {
        let observation = self.observe();
        let under_way = UnderWay::begin(&*self.context.upstream.observer, self.rpc.path());
        let response = self.response_to(request.encode_to_vec().into()).await;
        let bytes = response.as_ref().ok().map(Bytes::len);
        let result = response.and_then(|response| {
            let broken = |error| format!("{}: the response cannot be decoded: {error}", self.rpc.path());
            A::decode(response).map_err(|error| UpstreamError::new(FailureKind::Internal, broken(error)))
        });
        under_way.end(result.as_ref().err());
        let failure = result.as_ref().err();
        observation.end(bytes, failure.map(UpstreamError::kind), has_changed(self.rpc, failure));
        result
    }

    /// Makes the call with an encoded message. It has no type parameters, so that it is compiled once for all RPCs.
    async fn response_to(&self, message: Bytes) -> Result<Bytes, UpstreamError> {
        let now = Instant::now();
        let end = self.end_from(now);
        if end <= now {
            return Err(late_unsent(self.rpc));
        }
        let metadata = self.authorize(end).await?;
        let call = Outgoing { rpc: self.rpc, policy: self.policy, end, message, metadata: &metadata };
        // Boxed, since it is large, and every fetch of a BFF would hold it.
        Box::pin(self.context.upstream.call(&call)).await
    }

    async fn authorize(&self, end: Instant) -> Authorized {
        let CallContext { upstream, credentials, .. } = self.context;
        let of_nobody = upstream.of_nobody.as_ref().filter(|_| self.rpc.is_public());
        let authorizing = of_nobody.unwrap_or(credentials).authorize(self.rpc.service());
        timeout_at(end, authorizing).await.unwrap_or_else(|_| Err(late_unsent(self.rpc)))
    }

    /// Loads a batch. Errors that are never about the client are logged here; the code that needs the result decides about
    /// all others.
    pub(crate) async fn load<F: Fetch>(self, keys: &[F]) -> BatchResult<F> {
        let log = self.context.log();
        let mut results = F::batch(keys, self).await;
        if results.len() != keys.len() {
            let message = format!("{} has {} results for {} keys", F::NAME, results.len(), keys.len());
            results = BatchResult::failed(keys, &UpstreamError::new(FailureKind::Internal, message));
        }
        results.failures_of_service().for_each(|failure| log.failed(F::RPC.path(), failure));
        results
    }

    /// Makes the call for a batch and returns a result for every key. `split` takes the response apart into results
    /// by key, in any order.
    pub async fn batch<F, Q, A, R>(
        &self,
        keys: &[F],
        request: Q,
        split: impl FnOnce(A) -> R,
    ) -> BatchResult<F>
    where
        F: Fetch,
        Q: Message + 'static,
        A: Message + Default + 'static,
        R: IntoIterator<Item = (F, Result<F::Value, UpstreamError>)>,
    {
        match self.unary(request).await {
            Ok(response) => BatchResult::matched(keys, split(response)),
            Err(failure) => BatchResult::failed(keys, &failure),
        }
    }
}

/// Returns true if a call has changed something, or if it may have, and must not be made again to find out.
fn has_changed(rpc: Rpc, failure: Option<&UpstreamError>) -> bool {
    let Some(failure) = failure else { return rpc.idempotency() != Idempotency::NoSideEffects };
    let is_in_doubt = match failure.kind() {
        FailureKind::Timeout | FailureKind::Unavailable | FailureKind::Internal => !failure.is_unsent(),
        _ => false,
    };
    is_in_doubt && rpc.idempotency() == Idempotency::NonIdempotent
}
