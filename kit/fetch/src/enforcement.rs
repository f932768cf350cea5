//! Enforcement of plans: the handling of calls that were not planned.

use std::sync::atomic::{AtomicU64, Ordering};

/// Holds requests to their plans, and counts deviations. A whole process shares one instance.
#[derive(Debug, Default)]
pub struct Enforcement {
    enforces: bool,
    deviations: AtomicU64,
}

impl Enforcement {
    /// Creates an enforcement that fails every call that was not planned: for development and tests.
    #[must_use]
    pub fn enforcing() -> Self {
        Self { enforces: true, deviations: AtomicU64::default() }
    }

    /// Creates an enforcement that counts and logs a call that was not planned, and lets it go on: users come before
    /// plans.
    #[must_use]
    pub fn counting() -> Self {
        Self::default()
    }

    pub(crate) fn enforces(&self) -> bool {
        self.enforces
    }

    /// Returns the number of deviations since the start.
    #[must_use]
    pub fn deviations(&self) -> u64 {
        self.deviations.load(Ordering::Relaxed)
    }

    /// Records a deviation of an operation: a call that was not planned, or a list that is too long. Returns `Err` with a
    /// description of the deviation if it must fail.
    pub(crate) fn deviation(&self, operation: &str, what: &str) -> Result<(), String> {
        let deviations = self.deviations.fetch_add(1, Ordering::Relaxed) + 1;
        tracing::error!(violations = deviations, operation, "outside of the plan of {operation}: {what}");
        if self.enforces { Err(format!("outside of the plan of {operation}: {what}")) } else { Ok(()) }
    }
}
