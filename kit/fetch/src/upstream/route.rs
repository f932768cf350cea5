//! The way of one RPC's calls.

use std::sync::Arc;

use endpoints::Endpoints;
use http::uri::PathAndQuery;

use super::budget::RetryBudget;
use super::bulkhead::Bulkhead;

/// The way of one RPC's calls, and the state that they share.
#[derive(Debug)]
pub(super) struct Route {
    pub(super) path: PathAndQuery,
    pub(super) service: Arc<Service>,
    pub(super) bulkhead: Bulkhead,
}

/// The state that all calls of a service share.
#[derive(Debug)]
pub(super) struct Service {
    pub(super) endpoints: Endpoints,
    pub(super) bulkhead: Bulkhead,
    pub(super) retries: RetryBudget,
}
