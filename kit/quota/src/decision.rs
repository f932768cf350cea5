//! The decision on a request.

use std::time::Duration;

use store::{Rate, Taken};

/// Result of charging a request: admitted or not, and the units that its key has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Decision {
    rejection: Option<Rejection>,
    remaining: u32,
    reset: Duration,
}

/// Reason why a request is not admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// The key has too few units left. The same request can be admitted after this time, if the key uses none before.
    Exhausted {
        /// Time until the units are there.
        retry_after: Duration,
    },
    /// The cost exceeds the burst: the request is never admitted, and no retry helps.
    TooCostly,
    /// The store that replicas share is away, and the request changes something.
    StoreAway {
        /// Time until the store is tried again.
        retry_after: Duration,
    },
}

impl Decision {
    /// Makes the decision that follows from an attempt to take `cost` units.
    pub(crate) fn of(rate: Rate, cost: u32, taken: Taken) -> Self {
        let rejection = if taken.admitted {
            None
        } else if cost > rate.burst().get() {
            Some(Rejection::TooCostly)
        } else {
            // A wait of nothing would be no rejection: two clocks, or two readings of one, disagree by that little.
            let retry_after = rate.wait(taken.debt, cost).max(Duration::from_nanos(1));
            Some(Rejection::Exhausted { retry_after })
        };
        Self { rejection, remaining: rate.remaining(taken.debt), reset: taken.debt }
    }

    /// Returns the same decision with this reason not to admit the request.
    pub(crate) fn rejected(self, rejection: Rejection) -> Self {
        Self { rejection: Some(rejection), ..self }
    }

    /// Joins the decisions of this replica and of the shared store on one request of this cost: both must admit it.
    pub(crate) fn join(self, shared: Self, rate: Rate, cost: u32) -> Self {
        let rejection = match shared.rejection {
            // The retry is charged here too, and this replica has charged the request that fails now.
            Some(Rejection::Exhausted { retry_after }) => {
                let retry_after = retry_after.max(rate.wait(self.reset, cost));
                Some(Rejection::Exhausted { retry_after })
            }
            other => other.or(self.rejection),
        };
        let (remaining, reset) = (self.remaining.min(shared.remaining), self.reset.max(shared.reset));
        Self { rejection, remaining, reset }
    }

    /// True if the request may run. Its cost is charged then.
    #[must_use]
    pub fn is_admitted(&self) -> bool {
        self.rejection.is_none()
    }

    /// Reason why the request is not admitted; `None` if it is.
    #[must_use]
    pub fn rejection(&self) -> Option<Rejection> {
        self.rejection
    }

    /// Units that the key has left.
    #[must_use]
    pub fn remaining(&self) -> u32 {
        self.remaining
    }

    /// Time until the key has a whole burst again, if it uses no unit before.
    #[must_use]
    pub fn reset(&self) -> Duration {
        self.reset
    }

    /// Time after which a retry can be admitted. `None` if the request is admitted, or never can be.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self.rejection? {
            Rejection::Exhausted { retry_after } | Rejection::StoreAway { retry_after } => Some(retry_after),
            Rejection::TooCostly => None,
        }
    }
}
