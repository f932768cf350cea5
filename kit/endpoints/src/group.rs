//! State that the endpoints of one service share.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use tokio::sync::Notify;

use crate::network::Network;
use crate::observer::Observer;
use crate::resolution::Resolution;
use crate::settings::Settings;

/// Shared by the endpoints of one service.
pub(crate) struct Group {
    pub(crate) settings: Settings,
    pub(crate) network: Arc<dyn Network>,
    pub(crate) observer: Arc<dyn Observer>,
    /// Notified when a call that waits for a stream should look again.
    pub(crate) changed: Notify,
    /// Number of endpoints.
    size: AtomicUsize,
    /// Number of endpoints that are ejected.
    ejected: AtomicUsize,
    /// Number of the endpoint that was created last.
    last: AtomicU32,
    pub(crate) resolution: Resolution,
}

impl Group {
    pub(crate) fn new(
        settings: Settings,
        network: Arc<dyn Network>,
        observer: Arc<dyn Observer>,
    ) -> Arc<Self> {
        Arc::new(Self {
            settings,
            network,
            observer,
            changed: Notify::new(),
            size: AtomicUsize::new(0),
            ejected: AtomicUsize::new(0),
            last: AtomicU32::new(0),
            resolution: Resolution::new(),
        })
    }

    pub(crate) fn resized(&self, size: usize) {
        self.size.store(size, Ordering::Relaxed);
    }

    /// Returns the number of a new endpoint. After four billion of them, a number may be another's too.
    pub(crate) fn number(&self) -> NonZeroU32 {
        let last = self.last.fetch_add(1, Ordering::Relaxed);
        NonZeroU32::MIN.saturating_add(last)
    }

    /// Takes one of the ejections that are possible at a time: half of the endpoints stay, however badly they do,
    /// because the fault is then likely to lie elsewhere.
    pub(crate) fn eject(&self) -> bool {
        let max = self.size.load(Ordering::Relaxed) / 2;
        let one_more = |ejected| (ejected < max).then_some(ejected + 1);
        self.ejected.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).is_ok()
    }

    /// Records the end of an ejection.
    pub(crate) fn returned(&self) {
        self.ejected.fetch_sub(1, Ordering::Relaxed);
    }
}
