//! Reloading of files: by time, and when somebody asks.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior};

/// Asks a server to look at its files again, without waiting for the next time it does so by itself: its certificate
/// and its manifests. In a binary that is SIGHUP.
#[derive(Clone, Debug)]
pub struct Reload(Arc<watch::Sender<()>>);

/// The times at which files are looked at: every so often, and when somebody asks.
#[derive(Debug)]
pub(crate) struct Looks {
    every: Interval,
    asked: watch::Receiver<()>,
    /// For as long as it is here, nobody has asked for the last time.
    _reload: Reload,
}

impl Reload {
    pub(crate) fn new() -> Self {
        Self(Arc::new(watch::Sender::new(())))
    }

    /// Looks at the files now.
    pub fn now(&self) {
        self.0.send_replace(());
    }

    pub(crate) fn looks(&self, every: Duration) -> Looks {
        let mut every = tokio::time::interval(every);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Looks { every, asked: self.0.subscribe(), _reload: self.clone() }
    }
}

impl Looks {
    /// Ready when it is time to look: whether somebody has asked for it.
    pub(crate) async fn next(&mut self) -> bool {
        tokio::select! {
            _tick = self.every.tick() => false,
            _asked = self.asked.changed() => true,
        }
    }
}
