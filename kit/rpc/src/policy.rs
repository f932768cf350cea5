//! Policies of calls, in one table per BFF.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use crate::Rpc;

/// Timeout and freshness of one fetch or command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Maximum duration of one call. The request's deadline may end the call earlier.
    pub timeout: Duration,
    /// Time for which a response counts as fresh, so that clients and caches may keep it. Zero means not at all.
    pub fresh: Duration,
    /// Time beyond `fresh` for which an old response is better than none: caches may serve it when we cannot.
    pub stale: Duration,
}

impl Policy {
    /// Creates a policy whose calls take at most this many milliseconds, and whose responses are never kept.
    #[must_use]
    pub const fn within_ms(timeout: u64) -> Self {
        Self { timeout: Duration::from_millis(timeout), fresh: Duration::ZERO, stale: Duration::ZERO }
    }

    /// Sets the number of seconds for which a response counts as fresh.
    #[must_use]
    pub const fn fresh_s(self, seconds: u64) -> Self {
        Self { fresh: Duration::from_secs(seconds), ..self }
    }

    /// Sets the number of seconds beyond its freshness for which an old response is better than none.
    #[must_use]
    pub const fn stale_s(self, seconds: u64) -> Self {
        Self { stale: Duration::from_secs(seconds), ..self }
    }

    /// Returns the minimum time that must be left to start a call that the request can do without: a tenth of the
    /// timeout. With less time left, the response would hardly arrive in time and the service would work in vain.
    #[must_use]
    pub fn least(&self) -> Duration {
        self.timeout / 10
    }
}

/// The policies of a BFF, by the name of the fetch or command, and the services that these call.
#[derive(Clone, Debug, Default)]
pub struct Policies {
    rows: HashMap<&'static str, Policy>,
    services: BTreeSet<&'static str>,
}

impl Policies {
    /// Creates an empty table.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the row of a fetch or command, by its name.
    #[must_use]
    pub fn row(mut self, name: &'static str, rpc: Rpc, policy: Policy) -> Self {
        self.rows.insert(name, policy);
        self.services.insert(rpc.service());
        self
    }

    /// Returns the row of a fetch or command, by its name; `None` if the table has no such row.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Policy> {
        self.rows.get(name).copied()
    }

    /// Returns the full names of all services that the fetches and commands of the table call, sorted.
    pub fn services(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.services.iter().copied()
    }
}
