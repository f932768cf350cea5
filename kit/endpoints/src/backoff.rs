//! Waits between attempts to open a stream that is to last for ever.

use std::time::Duration;

use tokio::time::Instant;

/// Time for which a stream must have lasted that did not end early.
const LONG: Duration = Duration::from_mins(1);

/// Waits between attempts to open a stream that is to last: each twice as long as the one before, while the streams end
/// early, and up to half of it less, so that clients of one server do not all come back at once.
#[derive(Debug)]
pub struct Backoff {
    first: Duration,
    max: Duration,
    next: Duration,
}

impl Backoff {
    /// Creates the waits from the first to the longest.
    #[must_use]
    pub const fn new(first: Duration, max: Duration) -> Self {
        Self { first, max, next: first }
    }

    /// Returns the wait after a stream whose opening began at this time and that has ended.
    pub fn after(&mut self, began: Instant) -> Duration {
        if began.elapsed() >= LONG {
            self.next = self.first;
        }
        let wait = self.next.mul_f64(1.0 - fastrand::f64() / 2.0);
        self.next = (self.next * 2).min(self.max);
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn waits_double_up_to_a_bound_and_start_again_after_a_stream_that_lasted() {
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(4));
        let began = Instant::now();
        for most in [1, 2, 4, 4] {
            let (wait, most) = (backoff.after(began), Duration::from_secs(most));
            assert!(most / 2 <= wait && wait <= most, "{wait:?}");
        }
        tokio::time::advance(LONG).await;
        assert!(backoff.after(began) <= Duration::from_secs(1));
    }
}
