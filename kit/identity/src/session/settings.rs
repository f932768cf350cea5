//! Lifetimes of sessions.

use std::time::Duration;

/// Lifetimes of the sessions of a server.
#[derive(Clone, Copy, Debug)]
pub struct SessionSettings {
    /// Time without a request after which a session ends.
    pub idle: Duration,
    /// Time after its sign-in at which a session ends, however much it is used.
    pub absolute: Duration,
}

impl Default for SessionSettings {
    /// Eight hours without a request, a week in all.
    fn default() -> Self {
        Self { idle: Duration::from_hours(8), absolute: Duration::from_hours(7 * 24) }
    }
}
