//! Trials of a higher limit, where the least is no help.

/// Adjustments at the least limit after which a higher one is tried: at first, and at last if it never helps.
const PATIENCE: [u32; 2] = [8, 240];

/// The trials of a limit that is higher than latency allows.
#[derive(Debug)]
pub(crate) struct Trial {
    /// Adjustments in which the limit was the least and requests were slow all the same.
    stuck: u32,
    /// Adjustments before the next trial.
    patience: u32,
    is_running: bool,
}

impl Default for Trial {
    fn default() -> Self {
        Self { stuck: 0, patience: PATIENCE[0], is_running: false }
    }
}

impl Trial {
    /// Returns true while a higher limit is tried.
    pub(crate) fn is_running(&self) -> bool {
        self.is_running
    }

    /// Counts an adjustment at the least limit. Returns true if a trial starts with it.
    pub(crate) fn start(&mut self) -> bool {
        self.stuck += 1;
        self.is_running = self.stuck >= self.patience;
        self.is_running
    }

    /// Ends a trial that was of no use: the next one is later.
    pub(crate) fn fail(&mut self) {
        *self = Self { stuck: 0, patience: (self.patience * 2).min(PATIENCE[1]), is_running: false };
    }

    /// Ends a trial that nothing can be said of: requests are no longer shed.
    pub(crate) fn stop(&mut self) {
        self.is_running = false;
    }
}
