//! How calls behave: one table a BFF.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use crate::Rpc;

/// How one fetch or command behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How long one call may take. The request's deadline may end it earlier.
    pub timeout: Duration,
    /// How long its answer may be called fresh: what clients and caches may keep. Zero: not at all.
    pub fresh: Duration,
    /// How long beyond that an old answer is better than none: what caches may answer when we cannot.
    pub stale: Duration,
}

impl Policy {
    /// Calls take no longer than this many milliseconds, and nothing of their answers is kept.
    #[must_use]
    pub const fn within_ms(timeout: u64) -> Self {
        Self { timeout: Duration::from_millis(timeout), fresh: Duration::ZERO, stale: Duration::ZERO }
    }

    /// The answer may be called fresh for so many seconds.
    #[must_use]
    pub const fn fresh_s(self, seconds: u64) -> Self {
        Self { fresh: Duration::from_secs(seconds), ..self }
    }

    /// An answer this many seconds beyond its freshness is better than none.
    #[must_use]
    pub const fn stale_s(self, seconds: u64) -> Self {
        Self { stale: Duration::from_secs(seconds), ..self }
    }

    /// The least time a call is worth starting with, where the request can do without it: a tenth of its
    /// timeout. With less left its answer would hardly come in time, and the service had worked for nothing.
    #[must_use]
    pub fn least(&self) -> Duration {
        self.timeout / 10
    }
}

/// The policies of a BFF, by the name of the fetch or command, and the services these lead to.
#[derive(Clone, Debug, Default)]
pub struct Policies {
    rows: HashMap<&'static str, Policy>,
    services: BTreeSet<&'static str>,
}

impl Policies {
    /// An empty table.
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

    /// The row of a fetch or command, by its name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Policy> {
        self.rows.get(name).copied()
    }

    /// The full names of all services that the fetches and commands of the table call, sorted.
    pub fn services(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.services.iter().copied()
    }
}
