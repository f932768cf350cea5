//! Log lines of calls that failed.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::UpstreamError;

/// How often a line of one kind is written at most.
const INTERVAL: Duration = Duration::from_secs(1);

/// Writes why calls failed: of each RPC and code a line a second at most, with the number of those left out, so that
/// a service that is down does not drown everything else. One for a whole server.
#[derive(Debug, Default)]
pub struct SampledLog(Mutex<HashMap<(&'static str, &'static str), Burst>>);

#[derive(Debug)]
struct Burst {
    last: Instant,
    left_out: u64,
}

impl SampledLog {
    /// Writes why a call of an RPC failed, or one key of it, unless that was written before: all keys of a failed
    /// call share its fault.
    pub fn failed(&self, rpc: &'static str, fault: &UpstreamError) {
        if !fault.is_logged_first() {
            return;
        }
        let code = fault.code();
        if let Some(left_out) = self.pass(rpc, code) {
            tracing::warn!(rpc, code, cause = fault.message(), left_out, "call failed");
        }
    }

    /// Whether a line of this kind may be written now: then how many were left out since the last one.
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
