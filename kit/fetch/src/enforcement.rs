//! What happens to a call that was not planned.

use std::sync::atomic::{AtomicU64, Ordering};

/// Holds requests to their plans, and counts what left them. One for a whole process.
#[derive(Debug, Default)]
pub struct Enforcement {
    refuses: bool,
    violations: AtomicU64,
}

impl Enforcement {
    /// Refuses a call that was not planned: for development and tests.
    #[must_use]
    pub fn refusing() -> Self {
        Self { refuses: true, violations: AtomicU64::default() }
    }

    /// Counts and logs a call that was not planned, and lets it go on: users come before plans.
    #[must_use]
    pub fn counting() -> Self {
        Self::default()
    }

    /// Calls that were not planned, since the start.
    #[must_use]
    pub fn violations(&self) -> u64 {
        self.violations.load(Ordering::Relaxed)
    }

    /// Notes a call of an operation that was not planned. `Err` says why it is refused, where it is.
    pub(crate) fn deviation(&self, operation: &str, what: &str) -> Result<(), String> {
        let violations = self.violations.fetch_add(1, Ordering::Relaxed) + 1;
        tracing::error!(violations, operation, "outside of the plan of {operation}: {what}");
        if self.refuses { Err(format!("outside of the plan of {operation}: {what}")) } else { Ok(()) }
    }
}
