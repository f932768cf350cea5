//! The way of one RPC's calls: the layers in their order, and the state that the calls share.

use std::sync::Arc;

use endpoints::Endpoints;
use http::uri::PathAndQuery;
use rpc::Rpc;

use super::breaker::{self, Breaker};
use super::budget::Budget;
use super::bulkhead::Bulkhead;
use super::outgoing::Outgoing;
use super::progress::{Attempt, Nth, Progress};
use super::{deadline, retry};
use crate::{Decision, Services, UpstreamError};

/// Number of calls of a service that earn one more call of it, and the number of these saved up at most.
const PRICE: u32 = 10;
const MAX: u32 = 10;

/// The way of one RPC's calls, and the state that they share.
#[derive(Debug)]
pub(super) struct Route {
    pub(super) path: PathAndQuery,
    pub(super) service: Arc<Service>,
    bulkhead: Bulkhead,
    breaker: Breaker,
}

/// The state that all calls of a service share.
#[derive(Debug)]
pub(super) struct Service {
    pub(super) endpoints: Endpoints,
    bulkhead: Bulkhead,
    /// Budget of the calls that are made again.
    extra: Budget,
}

impl Service {
    pub(super) fn new(services: &Services, name: &str) -> Self {
        Self {
            endpoints: services.endpoints(name).clone(),
            bulkhead: Bulkhead::new(services.max_calls),
            extra: Budget::full(PRICE, MAX),
        }
    }
}

impl Route {
    /// Creates the way of an RPC; `None` if its path is no path of a URI.
    pub(super) fn new(rpc: Rpc, max_calls: usize, min_calls: u32, service: Arc<Service>) -> Option<Self> {
        Some(Self {
            path: PathAndQuery::from_maybe_shared(format!("/{}", rpc.path())).ok()?,
            bulkhead: Bulkhead::new(max_calls),
            breaker: Breaker::new(min_calls),
            service,
        })
    }

    /// Takes a call through the layers to `send`.
    pub(super) async fn call<'p, T, S>(
        &self,
        call: &Outgoing<'_>,
        progress: &'p Progress,
        tell: &(impl Fn(Decision) + Sync),
        send: impl Fn(Attempt<'p>) -> S + Sync,
    ) -> Result<T, UpstreamError>
    where
        T: Send,
        S: Future<Output = Result<T, UpstreamError>> + Send,
    {
        let Self { service, bulkhead, breaker, .. } = self;
        let is_connected = || service.endpoints.is_connected();
        let attempt = |attempt: Attempt<'p>| {
            let send = &send;
            let bounded = move || async move {
                let _both = (bulkhead.enter().await, service.bulkhead.enter().await);
                send(attempt).await
            };
            breaker::guard(call, breaker, attempt, is_connected, tell, bounded)
        };
        let begun = || {
            progress.begins();
            attempt(progress.attempt(Nth::First))
        };
        let retried = || retry::retry(call, &service.extra, tell, begun);
        deadline::within(call, progress, is_connected, tell, retried).await
    }
}
