//! The budget of retries of one service, so that retries never multiply the load of a service that fails.

use std::sync::atomic::{AtomicU32, Ordering};

/// Share of a retry that each call earns: ten calls earn one retry.
const EARNED: u32 = 1;
const PRICE: u32 = 10;

/// Budget of a service that has not been called for long: ten retries.
const MAX: u32 = 10 * PRICE;

/// A token bucket, in tenths of a retry.
#[derive(Debug)]
pub(super) struct RetryBudget(AtomicU32);

impl Default for RetryBudget {
    fn default() -> Self {
        Self(AtomicU32::new(MAX))
    }
}

impl RetryBudget {
    /// Records a call, which earns its share.
    pub(super) fn earn(&self) {
        let more = |tokens: u32| (tokens < MAX).then_some(tokens + EARNED);
        let _full = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }

    /// Takes a retry; false if the budget does not allow one.
    pub(super) fn take(&self) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |tokens| tokens.checked_sub(PRICE)).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_calls_earn_one_retry_and_a_rest_earns_ten_at_most() {
        let budget = RetryBudget::default();
        assert_eq!((0..1000).filter(|_| budget.take()).count(), 10);
        let retries = (0..1000).filter(|_| {
            budget.earn();
            budget.take()
        });
        assert_eq!(retries.count(), 100);
        (0..1000).for_each(|_| budget.earn());
        assert_eq!((0..1000).filter(|_| budget.take()).count(), 10);
    }
}
