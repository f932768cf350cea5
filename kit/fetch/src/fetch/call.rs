//! One call, and the state that all calls of a request share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::uri::PathAndQuery;
use prost::Message;
use prost_types::FieldMask;
use tokio::time::Instant;
use tonic::metadata::{Ascii, MetadataValue};
use tonic_prost::ProstCodec;
use tower::ServiceExt as _;

use super::{BatchResult, Fetch};
use crate::observer::UnderWay;
use crate::wire::Wire;
use crate::{
    Channels, Enforcement, FailureKind, Mask, Observer, Policies, Policy, Rpc, SampledLog, Tags,
    UpstreamError,
};

/// Time by which tonic's timer may fire before ours for the same deadline.
const DEADLINE_TOLERANCE: Duration = Duration::from_millis(5);

/// State shared by all calls of one request.
#[derive(Debug)]
pub struct CallContext {
    /// Open channels to the services.
    pub channels: Channels,
    /// Policies of the fetches and commands.
    pub policies: Arc<Policies>,
    /// Time by which the request must be answered. No call outlives it.
    pub deadline: Instant,
    /// Value of the `authorization` metadata: the BFF's own credential, never the client's.
    pub credential: MetadataValue<Ascii>,
    /// Enforcement of the plan on calls that deviate from it.
    pub enforcement: Arc<Enforcement>,
    /// Log of the reasons why calls failed.
    pub log: Arc<SampledLog>,
    /// Observer of every call.
    pub observer: Arc<dyn Observer>,
    /// Name of the operation, as its developers know it.
    pub operation: Arc<str>,
    /// True if the size of each response is recorded, which costs a walk over the response.
    pub measure: bool,
    /// Tags of the loaded values; `None` if the answer to the client may not be cached.
    pub tags: Option<Tags>,
    /// Time at which the request came in.
    pub started: Instant,
    /// The calls made so far.
    pub observed: Observed,
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
    /// Size of the response in bytes; `None` without a response, or if [`CallContext::measure`] is false.
    pub bytes: Option<usize>,
    /// Failure kind of the call; `None` if it has not failed.
    pub failure: Option<FailureKind>,
}

impl CallContext {
    /// Records a deviation: a call that was not planned. Returns an error that describes the deviation if the call is
    /// not permitted.
    pub fn deviation(&self, what: &str) -> Result<(), UpstreamError> {
        let permitted = self.enforcement.deviation(&self.operation, what);
        permitted.map_err(|what| UpstreamError::new(FailureKind::Internal, what))
    }
}

impl Observed {
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

    fn end(&self, index: usize, at: Duration, bytes: Option<usize>, failure: Option<FailureKind>) {
        if let Some(call) = self.lock().get_mut(index) {
            call.took = Some(at.saturating_sub(call.start));
            call.bytes = bytes;
            call.failure = failure;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<ObservedCall>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
        let Some(policy) = context.policies.get(name) else {
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

    /// Returns the call, or an error if the request can do without it and hardly any time is left for it.
    pub(crate) fn worth_it(self, optional: bool) -> Result<Self, UpstreamError> {
        let left = self.end.saturating_duration_since(Instant::now());
        if optional && left < self.policy.least() { Err(self.timed_out()) } else { Ok(self) }
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
        self.mask.map(Mask::to_message)
    }

    /// Makes the call. The whole call, from waiting for a connection to the last byte of the response, ends at the
    /// policy's timeout or the request's deadline, whichever comes first; dropping the future cancels the call.
    pub async fn unary<Q, A>(&self, request: Q) -> Result<A, UpstreamError>
    where
        Q: Message + 'static,
        A: Message + Default + 'static,
    {
        let CallContext { observed, started, measure, .. } = self.context;
        let index = observed.start(ObservedCall {
            slot: self.slot,
            name: self.name,
            rpc: self.rpc.path(),
            keys: self.keys,
            start: started.elapsed(),
            took: None,
            bytes: None,
            failure: None,
        });
        let under_way = UnderWay::begin(&*self.context.observer, self.rpc.path());
        let result = self.bounded(request).await;
        under_way.end(result.as_ref().err());
        let bytes = result.as_ref().ok().filter(|_| *measure).map(|answer: &A| answer.encoded_len());
        observed.end(index, started.elapsed(), bytes, result.as_ref().err().map(UpstreamError::kind));
        result
    }

    /// Makes the call for a batch and returns a result for every key. `split` takes the response apart into results
    /// by key, in any order.
    pub async fn batch<F, Q, A, R>(
        &self,
        keys: Vec<F>,
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

    async fn bounded<Q, A>(&self, message: Q) -> Result<A, UpstreamError>
    where
        Q: Message + 'static,
        A: Message + Default + 'static,
    {
        let now = Instant::now();
        let end = self.end.min(now + self.policy.timeout);
        let left = end.saturating_duration_since(now);
        if left.is_zero() {
            return Err(self.timed_out());
        }
        let mut request = tonic::Request::new(message);
        request.set_timeout(left);
        request.metadata_mut().insert("authorization", self.context.credential.clone());
        let wire = Wire::new();
        match tokio::time::timeout_at(end, self.send(request, wire.clone())).await {
            Ok(Err(status))
                if status.code() == tonic::Code::Cancelled && Instant::now() + DEADLINE_TOLERANCE >= end =>
            {
                Err(self.timed_out())
            }
            Ok(result) => result.map_err(|status| UpstreamError::of_status(&status, wire.ended())),
            Err(_elapsed) => Err(self.timed_out()),
        }
    }

    async fn send<Q, A>(&self, request: tonic::Request<Q>, wire: Wire) -> Result<A, tonic::Status>
    where
        Q: Message + 'static,
        A: Message + Default + 'static,
    {
        let path = PathAndQuery::from_maybe_shared(format!("/{}", self.rpc.path()))
            .map_err(|_| tonic::Status::internal("the RPC's path is not a path"))?;
        let channels = &self.context.channels;
        let watched = channels.of(self.rpc.service()).map_response(move |response| wire.watch(response));
        let mut client =
            tonic::client::Grpc::new(watched).max_decoding_message_size(channels.max_answer_bytes());
        client.ready().await.map_err(|error| tonic::Status::from_error(error.into()))?;
        Ok(client.unary(request, path, ProstCodec::default()).await?.into_inner())
    }

    fn timed_out(&self) -> UpstreamError {
        UpstreamError::new(FailureKind::Timeout, format!("{}: no answer in time", self.rpc.path()))
    }
}
