//! Reloading of files, at intervals and on request.

use std::sync::Arc;
use std::time::Duration;

use futures_util::Stream;
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior};

/// Handle that makes a server check its certificate and its manifests at once, without waiting for the next interval.
/// Binaries do so on SIGHUP.
#[derive(Clone, Debug)]
pub struct Reload(Arc<watch::Sender<()>>);

/// Times at which files are checked: at intervals, and on request.
#[derive(Debug)]
pub(crate) struct Looks {
    every: Interval,
    requests: watch::Receiver<()>,
    /// Keeps the sender alive, so that waiting for a request never fails.
    _reload: Reload,
}

impl Reload {
    pub(crate) fn new() -> Self {
        Self(Arc::new(watch::Sender::new(())))
    }

    /// Makes the server check its files now.
    pub fn now(&self) {
        self.0.send_replace(());
    }

    pub(crate) fn looks(&self, every: Duration) -> Looks {
        let mut every = tokio::time::interval(every);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Looks { every, requests: self.0.subscribe(), _reload: self.clone() }
    }
}

impl Looks {
    /// Completes when it is time to check the files; returns true if a reload was requested.
    pub(crate) async fn next(&mut self) -> bool {
        tokio::select! {
            _tick = self.every.tick() => false,
            _requested = self.requests.changed() => true,
        }
    }

    /// Returns the times as an endless stream.
    pub(crate) fn stream(self) -> impl Stream<Item = bool> + Send {
        futures_util::stream::unfold(self, async |mut looks| Some((looks.next().await, looks)))
    }
}
