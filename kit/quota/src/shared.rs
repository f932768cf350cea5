//! The limits of all replicas.

use std::num::NonZeroU32;
use std::sync::Arc;

use store::{Buckets, Rate};

use crate::outage::{AWAY, Outage};
use crate::{Access, Decision, Quota, QuotaKey, Rejection};

/// Buckets that replicas share.
#[derive(Debug)]
pub(crate) struct Shared {
    buckets: Arc<dyn Buckets>,
    outage: Outage,
    quota: String,
    rate: Rate,
}

impl Shared {
    pub(crate) fn new(buckets: Arc<dyn Buckets>, quota: &Quota) -> Self {
        Self { buckets, outage: Outage::new(), quota: quota.name().to_owned(), rate: quota.rate() }
    }

    /// Charges a request that this replica has charged and admitted: `here`.
    pub(crate) async fn charge(
        &self,
        key: QuotaKey,
        cost: NonZeroU32,
        access: Access,
        here: Decision,
    ) -> Decision {
        let away = || match access {
            Access::Read => here,
            Access::Write => here.rejected(Rejection::StoreAway { retry_after: AWAY }),
        };
        let Some(attempt) = self.outage.attempt() else { return away() };
        let name = format!("quota:{}:{}", self.quota, key.text());
        match self.buckets.take(&name, cost.get(), self.rate).await {
            Ok(taken) => {
                self.outage.succeeded(&attempt, &self.quota);
                here.join(Decision::of(self.rate, cost.get(), taken), self.rate, cost.get())
            }
            Err(error) => {
                self.outage.failed(&self.quota, &error);
                away()
            }
        }
    }
}
