//! A store that records what is written, and can fail.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use store::{MemoryStore, Store, StoreError, Stored};
use tokio::task::yield_now;

/// A store that records all that is written to it. Others get their turn before each operation, as with a store on the
/// network: one that answers at once would never be asked by two at the same time.
#[derive(Debug)]
pub(crate) struct Watched {
    inner: MemoryStore,
    pub(crate) written: Mutex<Vec<String>>,
    pub(crate) is_broken: AtomicBool,
}

impl Default for Watched {
    fn default() -> Self {
        Self { inner: MemoryStore::new(1 << 20), written: Mutex::default(), is_broken: false.into() }
    }
}

impl Watched {
    fn in_turn<'a, T>(
        &'a self,
        operation: impl Future<Output = Result<T, StoreError>> + Send + 'a,
    ) -> Stored<'a, T> {
        async move {
            yield_now().await;
            if self.is_broken.load(Ordering::Relaxed) {
                return Err(StoreError::new("on purpose"));
            }
            operation.await
        }
        .boxed()
    }

    fn record(&self, key: &str, value: &[u8]) {
        self.written.lock().unwrap().push(format!("{key} {}", String::from_utf8_lossy(value)));
    }
}

impl Store for Watched {
    fn get<'a>(&'a self, key: &'a str) -> Stored<'a, Option<Bytes>> {
        self.in_turn(async { self.inner.get(key).await })
    }

    fn insert<'a>(&'a self, key: &'a str, value: Bytes, keep: Duration) -> Stored<'a, Option<Bytes>> {
        self.record(key, &value);
        self.in_turn(async move { self.inner.insert(key, value, keep).await })
    }

    fn replace<'a>(
        &'a self,
        key: &'a str,
        expected: &'a [u8],
        value: Bytes,
        keep: Duration,
    ) -> Stored<'a, bool> {
        self.record(key, &value);
        self.in_turn(async move { self.inner.replace(key, expected, value, keep).await })
    }

    fn remove<'a>(&'a self, key: &'a str, expected: &'a [u8]) -> Stored<'a, bool> {
        self.in_turn(async { self.inner.remove(key, expected).await })
    }
}
