//! The way of one RPC's calls: the layers in their order, and the state that the calls share.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use endpoints::Endpoints;
use http::uri::PathAndQuery;
use rpc::Rpc;

use super::breaker::{self, Breaker};
use super::budget::Budget;
use super::bulkhead::Bulkhead;
use super::hedge::{self, Hedging};
use super::outgoing::Outgoing;
use super::progress::{Attempt, Progress};
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
    hedging: Hedging,
    breaker: Breaker,
}

/// The state that all calls of a service share.
#[derive(Debug)]
pub(super) struct Service {
    pub(super) endpoints: Endpoints,
    bulkhead: Bulkhead,
    /// Budget of the calls that are made again, or beside others.
    extra: Arc<Budget>,
}

impl Service {
    pub(super) fn new(services: &Services, name: &str) -> Self {
        Self {
            endpoints: services.endpoints(name).clone(),
            bulkhead: Bulkhead::new(services.max_calls),
            extra: Arc::new(Budget::full(PRICE, MAX)),
        }
    }
}

impl Route {
    /// Creates the way of an RPC; `None` if its path is no path of a URI.
    pub(super) fn new(rpc: Rpc, max_calls: usize, min_calls: u32, service: Arc<Service>) -> Option<Self> {
        Some(Self {
            path: PathAndQuery::from_maybe_shared(format!("/{}", rpc.path())).ok()?,
            bulkhead: Bulkhead::new(max_calls),
            hedging: Hedging::new(service.extra.clone()),
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
        let Self { service, bulkhead, hedging, breaker, .. } = self;
        let is_connected = || service.endpoints.is_connected();
        let attempt = |attempt: Attempt<'p>| {
            let send = &send;
            let bounded = move || async move {
                let _both = (bulkhead.enter().await, service.bulkhead.enter().await);
                send(attempt).await
            };
            breaker::guard(call, breaker, attempt, is_connected, tell, bounded)
        };
        let hedged = || {
            progress.begins();
            // A call that still waits for its turn, or for a connection, would only wait twice.
            let is_of_use = || progress.is_sent() && breaker.is_closed();
            hedge::hedge(call, hedging, is_of_use, tell, |nth| attempt(progress.attempt(nth)))
        };
        let retried = || retry::retry(call, &service.extra, tell, hedged);
        deadline::within(call, progress, is_connected, tell, retried).await
    }
}
