//! One call, and what every call of a request shares.

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

/// A deadline that tonic keeps for us may ring this much before our own: both are the same deadline.
const DEADLINE_TOLERANCE: Duration = Duration::from_millis(5);

/// What every call of one request shares.
#[derive(Debug)]
pub struct CallContext {
    /// Open channels to the services.
    pub channels: Channels,
    /// How each fetch and command behaves.
    pub policies: Arc<Policies>,
    /// When the request must be answered. No call outlives it.
    pub deadline: Instant,
    /// Value of the `authorization` metadata: the BFF's own credential, never the client's.
    pub credential: MetadataValue<Ascii>,
    /// What happens to calls that were not planned.
    pub enforcement: Arc<Enforcement>,
    /// Where it is written why calls failed.
    pub log: Arc<SampledLog>,
    /// Who is told of every call.
    pub observer: Arc<dyn Observer>,
    /// The operation, as its developers know it.
    pub operation: Arc<str>,
    /// Whether the size of each answer is noted, which costs a walk over it.
    pub measure: bool,
    /// What the answers are about, where somebody may keep what comes of them.
    pub tags: Option<Tags>,
    /// When the request came in.
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
    /// The slot it was planned in; none for a command, or a call that was not planned.
    pub slot: Option<usize>,
    /// Name of the fetch or command.
    pub name: &'static str,
    /// The RPC.
    pub rpc: &'static str,
    /// Number of keys it asked.
    pub keys: usize,
    /// When it started, counted from the start of the request.
    pub start: Duration,
    /// How long it took; none while it runs, or when the request went away first.
    pub took: Option<Duration>,
    /// Bytes of the answer, where [`CallContext::measure`] asks for them and there is one.
    pub bytes: Option<usize>,
    /// What went wrong.
    pub fault: Option<FailureKind>,
}

impl CallContext {
    /// Notes a call that was not planned. An error says why it is refused, where it is.
    pub fn deviation(&self, what: &str) -> Result<(), UpstreamError> {
        let refused = self.enforcement.deviation(&self.operation, what);
        refused.map_err(|what| UpstreamError::new(FailureKind::Internal, what))
    }
}

impl Observed {
    /// The calls started so far.
    #[must_use]
    pub fn calls(&self) -> Vec<ObservedCall> {
        self.lock().clone()
    }

    fn start(&self, call: ObservedCall) -> usize {
        let mut calls = self.lock();
        calls.push(call);
        calls.len() - 1
    }

    fn end(&self, index: usize, at: Duration, bytes: Option<usize>, fault: Option<FailureKind>) {
        if let Some(call) = self.lock().get_mut(index) {
            call.took = Some(at.saturating_sub(call.start));
            call.bytes = bytes;
            call.fault = fault;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<ObservedCall>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One call to be made: it is bound to the RPC that the fetch or command declares, so nothing else can be
/// called with it.
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

    /// The same call, ending when so much time has gone by since the start of the request.
    pub(crate) fn until(self, until: Option<Duration>) -> Self {
        let end = until.map_or(self.end, |until| self.end.min(self.context.started + until));
        Self { end, ..self }
    }

    /// The same call; an error when the request can do without it and hardly any time is left for it.
    pub(crate) fn worth_it(self, optional: bool) -> Result<Self, UpstreamError> {
        let left = self.end.saturating_duration_since(Instant::now());
        if optional && left < self.policy.least() { Err(self.timed_out()) } else { Ok(self) }
    }

    /// The same call, planned in this slot.
    pub(crate) fn of_slot(self, slot: usize) -> Self {
        Self { slot: Some(slot), ..self }
    }

    pub(crate) fn with_keys(self, keys: usize) -> Self {
        Self { keys, ..self }
    }

    /// What is read of the answer; none for all of it.
    #[must_use]
    pub fn mask(&self) -> Option<FieldMask> {
        self.mask.map(Mask::to_message)
    }

    /// Makes the call. The whole of it, from waiting for a connection to the last byte of the answer, ends at
    /// the policy's timeout or the request's deadline, whichever comes first; dropping the future cancels it.
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
            fault: None,
        });
        let under_way = UnderWay::begin(&*self.context.observer, self.rpc.path());
        let result = self.bounded(request).await;
        under_way.end(result.as_ref().err());
        let bytes = result.as_ref().ok().filter(|_| *measure).map(|answer: &A| answer.encoded_len());
        observed.end(index, started.elapsed(), bytes, result.as_ref().err().map(UpstreamError::kind));
        result
    }

    /// Asks for a batch: one call, and an answer for every key. `split` takes the answer apart into results by
    /// key, in whatever order they came.
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
            Err(fault) => BatchResult::failed(keys, &fault),
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
