//! The half of every call that lives as long as the server: endpoints, policies and the state that calls share.
//!
//! A call passes layers, each a file of its own: `deadline → retry → hedge → breaker → bulkhead → endpoint`. `route`
//! puts them in this order. Layers know the RPC, its policy and the clock, never a key, and never GraphQL.

mod breaker;
mod budget;
mod bulkhead;
mod deadline;
mod endpoint;
mod hedge;
mod lasting;
mod latency;
mod outgoing;
mod progress;
mod retry;
mod route;
mod services;

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;

use crate::shared::Shared;
use crate::{
    CallCredentials, Decision, Enforcement, FailureKind, Observer, Policies, SampledLog, UpstreamError,
};

use progress::Progress;
use route::{Route, Service};

pub(crate) use deadline::{late_unsent, timed_out};
pub(crate) use outgoing::Outgoing;

pub use services::{Services, Upstreams};

/// The services of a server, as all requests share them.
#[derive(Debug)]
pub struct Upstream {
    pub(crate) policies: Arc<Policies>,
    pub(crate) enforcement: Enforcement,
    pub(crate) log: Arc<SampledLog>,
    pub(crate) observer: Arc<dyn Observer>,
    pub(crate) shared: Shared,
    max_answer_bytes: usize,
    /// The credentials of calls that are made for nobody.
    pub(crate) of_nobody: Option<Arc<dyn CallCredentials>>,
    /// By the path of the RPC.
    routes: HashMap<&'static str, Route>,
}

impl Upstream {
    /// Creates the half that lives as long as the server, for the RPCs of the policy table.
    #[must_use]
    pub fn new(
        services: &Services,
        policies: Arc<Policies>,
        enforcement: Enforcement,
        log: Arc<SampledLog>,
        observer: Arc<dyn Observer>,
    ) -> Self {
        let mut known: HashMap<&'static str, Arc<Service>> = HashMap::new();
        let mut service = |name: &'static str| {
            let new = || Arc::new(Service::new(services, name));
            known.entry(name).or_insert_with(new).clone()
        };
        let routes = policies.rpcs().filter_map(|(rpc, max_calls)| {
            let service = service(rpc.service());
            Some((rpc.path(), Route::new(rpc, max_calls, services.breaker_min_calls, service)?))
        });
        let routes = routes.collect();
        Self {
            policies,
            enforcement,
            log,
            observer,
            shared: Shared::new(services.cache_bytes),
            max_answer_bytes: services.max_answer_bytes,
            of_nobody: None,
            routes,
        }
    }

    /// Returns true if requests are held to their plans, and not only counted.
    #[must_use]
    pub fn enforces(&self) -> bool {
        self.enforcement.enforces()
    }

    /// Records a deviation of an operation from its plan. Returns `Err` with a description if the request must not go on as
    /// if nothing had happened.
    pub fn deviation(&self, operation: &str, what: &str) -> Result<(), String> {
        self.enforcement.deviation(operation, what)
    }

    /// Sets the credentials of calls that are made for nobody: of those whose response is the same for every principal, so
    /// that no service learns who asks, and of the streams that tell of changes.
    #[must_use]
    pub fn with_credentials_of_nobody(self, credentials: Arc<dyn CallCredentials>) -> Self {
        Self { of_nobody: Some(credentials), ..self }
    }

    /// Returns the number of calls since the start that were not planned.
    #[must_use]
    pub fn deviations(&self) -> u64 {
        self.enforcement.deviations()
    }

    /// Makes a call, and returns the encoded response.
    pub(crate) async fn call(&self, call: &Outgoing<'_>) -> Result<Bytes, UpstreamError> {
        let path = call.rpc.path();
        let Some(route) = self.routes.get(path) else {
            return Err(UpstreamError::new(
                FailureKind::Internal,
                format!("{path} is no RPC of the policy table"),
            ));
        };
        let tell = |decision: Decision| self.observer.decided(path, decision);
        let progress = Progress::new();
        let send = |attempt| endpoint::send(call, route, attempt, self.max_answer_bytes, &tell);
        route.call(call, &progress, &tell, send).await
    }
}
