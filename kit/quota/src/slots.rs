//! A table of buckets, bounded.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::state::keyed::ShrinkableKeyedStateStore;

/// Overflow buckets of a table.
const OVERFLOW: usize = 16;

/// Buckets by the hash of a key, each as the time at which it is whole. When the table is full, fresh keys share a few
/// overflow buckets: none goes unlimited, and none makes the table forget a debt.
#[derive(Clone, Debug)]
pub(crate) struct Slots(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    table: Mutex<Table>,
    crowded: AtomicBool,
}

#[derive(Debug)]
struct Table {
    own: HashMap<u64, u64>,
    overflow: [u64; OVERFLOW],
    max: usize,
}

impl Slots {
    /// Creates a table for so many keys. It takes memory as they come.
    pub(crate) fn new(max: usize) -> Self {
        let table = Mutex::new(Table { own: HashMap::new(), overflow: [0; OVERFLOW], max });
        Self(Arc::new(Inner { table, crowded: AtomicBool::new(false) }))
    }

    /// Time at which the bucket of a key is whole.
    pub(crate) fn whole_at(&self, key: u64) -> Nanos {
        let table = self.table();
        table.own.get(&key).copied().unwrap_or(table.overflow[overflow(key)]).into()
    }

    /// True if a fresh key found the table full, since it was last swept.
    pub(crate) fn is_crowded(&self) -> bool {
        self.0.crowded.load(Ordering::Relaxed)
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StateStore for Slots {
    type Key = u64;

    fn measure_and_replace<T, F, E>(&self, key: &u64, measure: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let mut table = self.table();
        if let Some(whole_at) = table.own.get_mut(key) {
            let (outcome, next) = measure(Some((*whole_at).into()))?;
            *whole_at = next.as_u64();
            return Ok(outcome);
        }
        // A bucket of its own starts with the debt of the overflow bucket: the key may have made some of it.
        let shared = overflow(*key);
        let (outcome, next) = measure(Some(table.overflow[shared].into()))?;
        if table.own.len() < table.max {
            table.own.insert(*key, next.as_u64());
        } else {
            table.overflow[shared] = next.as_u64();
            self.0.crowded.store(true, Ordering::Relaxed);
        }
        Ok(outcome)
    }
}

impl ShrinkableKeyedStateStore<u64> for Slots {
    fn retain_recent(&self, drop_below: Nanos) {
        let mut table = self.table();
        table.own.retain(|_, whole_at| *whole_at > drop_below.as_u64());
        self.0.crowded.store(false, Ordering::Relaxed);
    }

    fn len(&self) -> usize {
        self.table().own.len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The place of a key's overflow bucket.
fn overflow(key: u64) -> usize {
    usize::from(key.to_be_bytes()[0]) % OVERFLOW
}
