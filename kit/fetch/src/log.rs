//! Log lines of failed calls.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::UpstreamError;

/// Minimum time between two lines of one kind.
const INTERVAL: Duration = Duration::from_secs(1);

/// Logs why calls failed: at most one line a second for each RPC and code, with the number of lines left out, so that
/// a service that is down does not drown everything else. A whole server shares one log.
#[derive(Debug, Default)]
pub struct SampledLog(Mutex<HashMap<(&'static str, &'static str), Burst>>);

#[derive(Debug)]
struct Burst {
    last: Instant,
    left_out: u64,
}

impl SampledLog {
    /// Logs why a call of an RPC, or one key of it, failed, unless this error was logged before: all keys of a failed
    /// call share its error.
    pub fn failed(&self, rpc: &'static str, failure: &UpstreamError) {
        if !failure.is_logged_first() {
            return;
        }
        let code = failure.code();
        if let Some(left_out) = self.pass(rpc, code) {
            tracing::warn!(rpc, code, cause = failure.message(), left_out, "call failed");
        }
    }

    /// Returns the number of lines left out since the last one if a line of this kind may be written now; `None` if
    /// not.
    #[must_use]
    pub fn pass(&self, about: &'static str, kind: &'static str) -> Option<u64> {
        let now = Instant::now();
        let mut bursts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(burst) = bursts.get_mut(&(about, kind)) else {
            bursts.insert((about, kind), Burst { last: now, left_out: 0 });
            return Some(0);
        };
        if now.duration_since(burst.last) < INTERVAL {
            burst.left_out += 1;
            return None;
        }
        burst.last = now;
        Some(std::mem::take(&mut burst.left_out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_line_of_a_kind_is_written_once_a_second_with_the_number_left_out() {
        let log = SampledLog::default();
        let pass = || log.pass("shop.reviews.v1.ReviewService/BatchGetRatings", "UNAVAILABLE");
        assert_eq!(pass(), Some(0));
        assert_eq!([pass(), pass()], [None, None]);
        assert_eq!(log.pass("shop.reviews.v1.ReviewService/BatchGetRatings", "INTERNAL"), Some(0));
        tokio::time::advance(INTERVAL).await;
        assert_eq!(pass(), Some(2));
        assert_eq!(pass(), None);
    }
}
