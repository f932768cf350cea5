//! A budget of calls beyond those that requests make, so that they never multiply the load of a service that fails.

use std::sync::atomic::{AtomicU32, Ordering};

/// A token bucket. Each call earns one token, and an extra call costs as many as its price.
#[derive(Debug)]
pub(super) struct Budget {
    tokens: AtomicU32,
    price: u32,
    max: u32,
}

impl Budget {
    /// Creates a budget in which `price` calls earn an extra call, of which at most `max` are saved up. It starts with
    /// none.
    pub(super) const fn empty(price: u32, max: u32) -> Self {
        Self { tokens: AtomicU32::new(0), price, max: max * price }
    }

    /// Creates a budget like [`Self::empty`] that starts with as many extra calls as can be saved up.
    pub(super) const fn full(price: u32, max: u32) -> Self {
        Self { tokens: AtomicU32::new(max * price), ..Self::empty(price, max) }
    }

    /// Records a call, which earns its share.
    pub(super) fn earn(&self) {
        let more = |tokens: u32| (tokens < self.max).then_some(tokens + 1);
        let _full = self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }

    /// Gives back an extra call that was not made.
    pub(super) fn give_back(&self) {
        let more = |tokens: u32| Some((tokens + self.price).min(self.max));
        let _given = self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }

    /// Takes an extra call; false if the budget does not allow one.
    pub(super) fn take(&self) -> bool {
        let less = |tokens: u32| tokens.checked_sub(self.price);
        self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(budget: &Budget) -> usize {
        (0..1000).filter(|_| budget.take()).count()
    }

    #[test]
    fn ten_calls_earn_one_extra_call_and_a_rest_earns_ten_at_most() {
        let budget = Budget::full(10, 10);
        assert_eq!(taken(&budget), 10);
        let extra = (0..1000).filter(|_| {
            budget.earn();
            budget.take()
        });
        assert_eq!(extra.count(), 100);
        (0..1000).for_each(|_| budget.earn());
        assert_eq!(taken(&budget), 10);
    }

    #[test]
    fn an_empty_budget_allows_what_was_earned_and_nothing_before() {
        let budget = Budget::empty(20, 10);
        assert_eq!(taken(&budget), 0);
        (0..59).for_each(|_| budget.earn());
        assert_eq!(taken(&budget), 2);
    }
}
