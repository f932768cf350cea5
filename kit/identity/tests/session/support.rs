//! Sessions with a clock that the test sets.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use identity::{Clock, SessionSettings, Sessions};
use jiff::Timestamp;
use store::{MemoryStore, Store, StoreError, Stored};

pub(crate) const HOUR: Duration = Duration::from_hours(1);

/// Sessions that end after two hours without a request, and after ten in all.
pub(crate) struct Server {
    pub(crate) sessions: Sessions,
    pub(crate) store: Arc<Watched>,
    seconds: Arc<AtomicI64>,
}

impl Server {
    pub(crate) fn new() -> Self {
        let (store, seconds) = (Arc::new(Watched::default()), Arc::new(AtomicI64::new(1_780_000_000)));
        let settings = SessionSettings { idle: 2 * HOUR, absolute: 10 * HOUR };
        let clock = {
            let seconds = seconds.clone();
            Clock::new(move || Timestamp::from_second(seconds.load(Ordering::Relaxed)).unwrap())
        };
        Self { sessions: Sessions::new(store.clone(), settings, clock), store, seconds }
    }

    /// Lets time pass, by the clock and by tokio's, which is paused.
    pub(crate) async fn after(&self, time: Duration) {
        self.seconds.fetch_add(i64::try_from(time.as_secs()).unwrap(), Ordering::Relaxed);
        tokio::time::advance(time).await;
    }
}

/// A store that records all that is written to it, and can be broken.
#[derive(Debug)]
pub(crate) struct Watched {
    inner: MemoryStore,
    pub(crate) written: Mutex<Vec<String>>,
    pub(crate) is_broken: std::sync::atomic::AtomicBool,
}

impl Default for Watched {
    fn default() -> Self {
        Self { inner: MemoryStore::new(1 << 20), written: Mutex::default(), is_broken: false.into() }
    }
}

impl Watched {
    fn record(&self, key: &str, value: &[u8]) {
        self.written.lock().unwrap().push(format!("{key} {}", String::from_utf8_lossy(value)));
    }
}

impl Store for Watched {
    fn get<'a>(&'a self, key: &'a str) -> Stored<'a, Option<Bytes>> {
        if self.is_broken.load(Ordering::Relaxed) {
            return Box::pin(async { Err(StoreError::new("on purpose")) });
        }
        self.inner.get(key)
    }

    fn insert<'a>(&'a self, key: &'a str, value: Bytes, keep: Duration) -> Stored<'a, Option<Bytes>> {
        self.record(key, &value);
        self.inner.insert(key, value, keep)
    }

    fn replace<'a>(
        &'a self,
        key: &'a str,
        expected: &'a [u8],
        value: Bytes,
        keep: Duration,
    ) -> Stored<'a, bool> {
        self.record(key, &value);
        self.inner.replace(key, expected, value, keep)
    }

    fn remove<'a>(&'a self, key: &'a str, expected: &'a [u8]) -> Stored<'a, bool> {
        self.inner.remove(key, expected)
    }
}
