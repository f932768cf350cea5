//! Resets of calls that were given up, so many at a time as stock servers accept.

use std::sync::atomic::{AtomicU32, Ordering};

/// Resets that may be sent before the peer answers again. Stock servers end a connection, with everything on it, after
/// 20 streams that were reset before the service has taken them: a peer that is paused finds them all at once.
const MAX_UNANSWERED: u32 = 10;

/// The budget of resets of one connection.
#[derive(Debug)]
pub(crate) struct Resets(AtomicU32);

impl Default for Resets {
    fn default() -> Self {
        Self(AtomicU32::new(MAX_UNANSWERED))
    }
}

impl Resets {
    /// Takes a reset from the budget; false if none is left.
    pub(crate) fn take(&self) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    }

    /// Records that the peer answered a call, which it does not while it is paused.
    pub(crate) fn answered(&self) {
        let more = |left: u32| (left < MAX_UNANSWERED).then_some(left + 1);
        let _full = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_peer_gets_ten_resets_and_an_answer_allows_one_more() {
        let resets = Resets::default();
        assert_eq!((0..100).filter(|_| resets.take()).count(), 10);
        resets.answered();
        assert!(resets.take() && !resets.take());
        (0..100).for_each(|_| resets.answered());
        assert_eq!((0..100).filter(|_| resets.take()).count(), 10);
    }
}
