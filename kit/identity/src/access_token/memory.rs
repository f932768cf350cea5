//! The tokens that were verified a moment ago.

use std::fmt;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use moka::sync::Cache;
use ring::digest::{SHA256, digest};

use super::rules::Named;

/// The tokens that were verified a moment ago, each by its SHA-256: no token is kept itself.
pub(super) struct Memory {
    entries: Cache<Fingerprint, Entry>,
    remember: SignedDuration,
}

/// SHA-256 of a token.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Fingerprint([u8; 32]);

#[derive(Clone)]
struct Entry {
    named: Named,
    until: Timestamp,
    /// Generation of the keys that verified the token.
    generation: u64,
}

impl Memory {
    pub(super) fn new(entries: u64, remember: Duration) -> Self {
        // The cache panics on a time of centuries.
        let remember = remember.min(Duration::from_hours(24));
        Self {
            // Entries are compared with the wall clock; this frees their room.
            entries: Cache::builder().max_capacity(entries).time_to_live(remember).build(),
            remember: SignedDuration::try_from(remember).unwrap_or(SignedDuration::MAX),
        }
    }

    /// Returns what a token names that the same keys verified, and that is still good.
    pub(super) fn recall(&self, token: Fingerprint, now: Timestamp, generation: u64) -> Option<Named> {
        let entry = self.entries.get(&token)?;
        (now < entry.until && entry.generation == generation).then_some(entry.named)
    }

    /// Remembers a token that keys of this generation have just verified.
    pub(super) fn keep(&self, token: Fingerprint, named: &Named, now: Timestamp, generation: u64) {
        if self.remember.is_zero() {
            return;
        }
        let until = now.checked_add(self.remember).unwrap_or(Timestamp::MAX).min(named.ends);
        self.entries.insert(token, Entry { named: named.clone(), until, generation });
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Memory").field("entries", &self.entries.entry_count()).finish_non_exhaustive()
    }
}

impl Fingerprint {
    pub(super) fn of(token: &str) -> Self {
        let mut fingerprint = [0; 32];
        fingerprint.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        Self(fingerprint)
    }

    pub(super) const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}
