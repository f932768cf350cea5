//! Quotas, keys and a shared store of tests.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;
use quota::{KeyKind, Quota, QuotaKey};
use store::{Buckets, Rate, StoreError, Stored, Taken};
use tokio::time::Instant;

pub(crate) const SECOND: Duration = Duration::from_secs(1);
pub(crate) const MINUTE: Duration = Duration::from_mins(1);

/// Time that an attempt at a store takes which is away.
pub(crate) const TIMEOUT: Duration = Duration::from_millis(500);

/// 6,000 units a minute: one comes back every 10 ms.
pub(crate) fn quota(burst: u32) -> Quota {
    Quota::new("devices", 6_000, MINUTE).unwrap().with_burst(burst).unwrap()
}

pub(crate) fn device(number: u32) -> QuotaKey {
    QuotaKey::new(KeyKind::ApiKey, &number.to_be_bytes())
}

/// Buckets that replicas share, in the memory of a test.
#[derive(Debug, Default)]
pub(crate) struct SharedBuckets {
    buckets: Mutex<HashMap<String, (Duration, Instant)>>,
    away: AtomicBool,
    attempts: AtomicUsize,
}

impl SharedBuckets {
    pub(crate) fn go_away(&self, away: bool) {
        self.away.store(away, Ordering::Relaxed);
    }

    pub(crate) fn attempts(&self) -> usize {
        self.attempts.load(Ordering::Relaxed)
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.buckets.lock().unwrap().keys().cloned().collect()
    }

    fn try_take(&self, key: &str, units: u32, rate: Rate) -> Taken {
        let now = Instant::now();
        let mut buckets = self.buckets.lock().unwrap();
        let (debt, at) = buckets.entry(key.to_owned()).or_insert((Duration::ZERO, now));
        let owed = debt.saturating_sub(now - *at);
        let after = owed + rate.unit() * units;
        let admitted = after <= rate.whole();
        (*debt, *at) = (if admitted { after } else { owed }, now);
        Taken { admitted, debt: *debt }
    }
}

impl Buckets for SharedBuckets {
    fn take<'a>(&'a self, key: &'a str, units: u32, rate: Rate) -> Stored<'a, Taken> {
        self.attempts.fetch_add(1, Ordering::Relaxed);
        async move {
            // Others get their turn while this one waits for the network.
            tokio::task::yield_now().await;
            if self.away.load(Ordering::Relaxed) {
                tokio::time::sleep(TIMEOUT).await;
                return Err(StoreError::new("Redis: no answer within 500 ms"));
            }
            Ok(self.try_take(key, units, rate))
        }
        .boxed()
    }
}
