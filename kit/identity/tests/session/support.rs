//! Sessions with a clock that the test sets.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use identity::{Clock, SessionSettings, Sessions};
use jiff::Timestamp;

use crate::store::Watched;

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
