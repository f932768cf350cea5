//! Settings of a key set.

use std::time::Duration;

/// Times at which a key set is loaded, and for how long it is good.
#[derive(Clone, Copy, Debug)]
pub struct JwksSettings {
    /// Time between two loads. A key that the issuer has withdrawn is accepted no longer than this.
    pub refresh: Duration,
    /// Shortest time between two loads that unknown key ids cause.
    pub cool_down: Duration,
    /// Time for which a key set is good while no newer one can be loaded.
    pub keep: Duration,
    /// Time that a load may take. A request with an unknown key id waits no longer either.
    pub timeout: Duration,
}

/// A load each 10 minutes, at most one in 30 s for unknown key ids, within 5 s; a set is good for a day.
impl Default for JwksSettings {
    fn default() -> Self {
        Self {
            refresh: Duration::from_mins(10),
            cool_down: Duration::from_secs(30),
            keep: Duration::from_hours(24),
            timeout: Duration::from_secs(5),
        }
    }
}
