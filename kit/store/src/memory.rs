//! A store in the memory of the process.

use std::future::ready;
use std::time::{Duration, Instant as SystemInstant};

use bytes::Bytes;
use futures_util::FutureExt as _;
use moka::Expiry;
use moka::ops::compute::{CompResult, Op};
use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use tokio::time::Instant;

use crate::{Store, Stored};

/// Memory that every entry takes beside its key and value, in bytes.
const BYTES_PER_ENTRY: usize = 256;

/// Keeps values in the memory of the process, bounded in bytes: the ones that were used longest ago go first. A restart
/// forgets them, and other replicas do not see them.
#[derive(Debug)]
pub struct MemoryStore(Cache<String, Entry>);

/// A value. Its time counts on tokio's clock, as all times of requests do; moka's own clock only frees the memory.
#[derive(Clone, Debug)]
struct Entry {
    value: Bytes,
    keep: Duration,
    until: Instant,
}

impl Entry {
    fn new(value: Bytes, keep: Duration) -> Self {
        // A time too long to be added counts as thirty years.
        let now = Instant::now();
        let until = now.checked_add(keep).unwrap_or_else(|| now + Duration::from_hours(24 * 365 * 30));
        Self { value, keep, until }
    }

    fn is_live(&self) -> bool {
        Instant::now() < self.until
    }
}

/// Frees the memory of a value at the end of its time.
struct AtItsTime;

impl Expiry<String, Entry> for AtItsTime {
    fn expire_after_create(&self, _key: &String, entry: &Entry, _at: SystemInstant) -> Option<Duration> {
        Some(entry.keep)
    }

    fn expire_after_update(
        &self,
        _key: &String,
        entry: &Entry,
        _at: SystemInstant,
        _left: Option<Duration>,
    ) -> Option<Duration> {
        Some(entry.keep)
    }
}

impl MemoryStore {
    /// Creates a store whose keys and values take at most this many bytes.
    #[must_use]
    pub fn new(max_bytes: u64) -> Self {
        let weight = |key: &String, entry: &Entry| {
            u32::try_from(key.len() + entry.value.len() + BYTES_PER_ENTRY).unwrap_or(u32::MAX)
        };
        // What was written last is needed most: a policy that keeps what is used often would turn it away.
        let cache = Cache::builder().max_capacity(max_bytes).weigher(weight).expire_after(AtItsTime);
        Self(cache.eviction_policy(EvictionPolicy::lru()).build())
    }

    fn live(&self, key: &str) -> Option<Bytes> {
        self.0.get(key).filter(Entry::is_live).map(|entry| entry.value)
    }

    /// Changes the value under a key at once, by the live value that is there.
    fn change(&self, key: &str, change: impl FnOnce(Option<&Bytes>) -> Op<Entry>) -> bool {
        let done = self.0.entry_by_ref(key).and_compute_with(|entry| {
            let entry = entry.map(moka::Entry::into_value).filter(Entry::is_live);
            change(entry.as_ref().map(|entry| &entry.value))
        });
        !matches!(done, CompResult::StillNone(_) | CompResult::Unchanged(_))
    }
}

impl Store for MemoryStore {
    fn get<'a>(&'a self, key: &'a str) -> Stored<'a, Option<Bytes>> {
        ready(Ok(self.live(key))).boxed()
    }

    fn insert<'a>(&'a self, key: &'a str, value: Bytes, keep: Duration) -> Stored<'a, Option<Bytes>> {
        let mut there = None;
        self.change(key, |current| {
            there = current.cloned();
            if there.is_some() { Op::Nop } else { Op::Put(Entry::new(value, keep)) }
        });
        ready(Ok(there)).boxed()
    }

    fn replace<'a>(
        &'a self,
        key: &'a str,
        expected: &'a [u8],
        value: Bytes,
        keep: Duration,
    ) -> Stored<'a, bool> {
        let replaced = self.change(key, |current| match current {
            Some(current) if current == expected => Op::Put(Entry::new(value, keep)),
            _ => Op::Nop,
        });
        ready(Ok(replaced)).boxed()
    }

    fn remove<'a>(&'a self, key: &'a str, expected: &'a [u8]) -> Stored<'a, bool> {
        let removed = self.change(key, |current| match current {
            Some(current) if current == expected => Op::Remove,
            _ => Op::Nop,
        });
        ready(Ok(removed)).boxed()
    }
}
