//! The limiter of a quota.

use std::num::NonZeroU32;
use std::sync::Arc;

use store::Buckets;

use crate::local::Local;
use crate::shared::Shared;
use crate::{Access, Decision, Quota, QuotaKey};

/// Charges requests against a quota, by key.
#[derive(Debug)]
pub struct Limiter {
    quota: Quota,
    local: Local,
    shared: Option<Shared>,
}

impl Limiter {
    /// Keys that have buckets of their own, at most. They take 36 MB when so many were used within a window.
    pub const MAX_KEYS: u32 = 1 << 20;

    /// Creates the limiter of a quota in this process, for [`Limiter::MAX_KEYS`] keys.
    #[must_use]
    pub fn new(quota: Quota) -> Self {
        Self::with_max_keys(quota, Self::MAX_KEYS)
    }

    /// Creates the limiter of a quota in this process. Of the keys that used units within the last window, so many have
    /// buckets of their own; the ones after that share some.
    #[must_use]
    pub fn with_max_keys(quota: Quota, max_keys: u32) -> Self {
        Self { local: Local::new(quota.rate(), max_keys), quota, shared: None }
    }

    /// Counts the quota together with all replicas that use the same buckets.
    #[must_use]
    pub fn sharing(self, buckets: Arc<dyn Buckets>) -> Self {
        Self { shared: Some(Shared::new(buckets, &self.quota)), ..self }
    }

    /// The quota that requests are charged against.
    #[must_use]
    pub fn quota(&self) -> &Quota {
        &self.quota
    }

    /// Number of keys that have buckets of their own. It goes down when a full table is swept.
    #[must_use]
    pub fn keys(&self) -> usize {
        self.local.keys()
    }

    /// Charges a request by what this replica knows. A cost of zero units counts as one.
    pub fn charge_here(&self, key: QuotaKey, cost: u32) -> Decision {
        self.local.charge(key, units(cost))
    }

    /// Charges a request by what this replica knows, and then with the other replicas, if there is a shared store: both
    /// must admit it. A cost of zero units counts as one. A request for which the other replicas leave no units stays
    /// charged here.
    ///
    /// While the store is away, a request that reads is admitted by what this replica knows, which has counted all that
    /// it let in before, and a request that writes is not admitted. Without a shared store the future is ready at once.
    pub async fn charge(&self, key: QuotaKey, cost: u32, access: Access) -> Decision {
        let here = self.charge_here(key, cost);
        match &self.shared {
            Some(shared) if here.is_admitted() => shared.charge(key, units(cost), access, here).await,
            _ => here,
        }
    }
}

fn units(cost: u32) -> NonZeroU32 {
    NonZeroU32::new(cost).unwrap_or(NonZeroU32::MIN)
}
