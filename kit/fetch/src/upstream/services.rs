//! The endpoints of all services.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use endpoints::{Endpoints, Network, Settings, Target};

/// The endpoints of all services. Services at the same targets share their connections. Cheap to clone.
#[derive(Clone)]
pub struct Services {
    default: Endpoints,
    by_name: BTreeMap<String, Endpoints>,
    pub(crate) max_answer_bytes: usize,
    pub(crate) max_calls: usize,
    pub(crate) cache_bytes: u64,
    pub(crate) breaker_min_calls: u32,
}

/// Targets of the services, and bounds on calls to them.
#[derive(Clone, Debug)]
pub struct Upstreams {
    /// Targets of every service that is not named in `services`.
    pub default: Vec<Target>,
    /// Targets of single services, by full name, such as `"shop.reviews.v1.ReviewService"`.
    pub services: BTreeMap<String, Vec<Target>>,
    /// Settings of the connections.
    pub settings: Settings,
    /// Maximum size of the response to one call, in bytes.
    pub max_answer_bytes: usize,
    /// Maximum number of calls to one service at a time.
    pub max_calls: usize,
    /// Maximum size of the cache of public data, in bytes; 0 to keep nothing.
    pub cache_bytes: u64,
    /// Number of calls of an RPC within ten seconds from which its breaker may open; 0 for breakers that never open.
    pub breaker_min_calls: u32,
}

impl Services {
    /// Prepares the endpoints. No connection is opened before the first call.
    #[must_use]
    pub fn new(
        upstreams: &Upstreams,
        network: &Arc<dyn Network>,
        observer: &Arc<dyn endpoints::Observer>,
    ) -> Self {
        let mut opened: Vec<(&[Target], Endpoints)> = Vec::new();
        let mut open = |targets| {
            if let Some((_, endpoints)) = opened.iter().find(|(known, _)| are_same(known, targets)) {
                return endpoints.clone();
            }
            let endpoints = Endpoints::new(targets, upstreams.settings, network.clone(), observer.clone());
            opened.push((targets, endpoints.clone()));
            endpoints
        };
        let default = open(&upstreams.default[..]);
        let by_name =
            upstreams.services.iter().map(|(name, targets)| (name.clone(), open(targets))).collect();
        Self {
            default,
            by_name,
            max_answer_bytes: upstreams.max_answer_bytes,
            max_calls: upstreams.max_calls,
            cache_bytes: upstreams.cache_bytes,
            breaker_min_calls: upstreams.breaker_min_calls,
        }
    }

    pub(crate) fn endpoints(&self, service: &str) -> &Endpoints {
        self.by_name.get(service).unwrap_or(&self.default)
    }
}

/// Returns true if connections to the ones can serve the others.
fn are_same(some: &[Target], others: &[Target]) -> bool {
    some.len() == others.len() && some.iter().zip(others).all(|(one, other)| one.is(other))
}

impl fmt::Debug for Services {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Services").field("default", &self.default).finish_non_exhaustive()
    }
}
