//! The limits of this process.

use std::hash::{BuildHasher as _, RandomState};
use std::num::NonZeroU32;

use store::Rate;

use crate::shard::Shard;
use crate::{Decision, QuotaKey};

/// Keys of a shard for which another one is worth its while.
const KEYS_OF_A_SHARD: u32 = 4_096;

/// Most shards. A million keys make tables of 8,192 slots then, each of 17 bytes: 36 MB.
const MAX_SHARDS: u32 = 256;

/// Buckets of this process. They are in shards, so that threads seldom wait for each other and a sweep is short.
#[derive(Debug)]
pub(crate) struct Local {
    rate: Rate,
    /// The hash has a key that no client knows: nobody can choose names that meet in one bucket.
    hasher: RandomState,
    shards: Box<[Shard]>,
}

impl Local {
    /// Creates the buckets of so many keys, at least one.
    pub(crate) fn new(rate: Rate, max_keys: u32) -> Self {
        let shards = (max_keys / KEYS_OF_A_SHARD).clamp(1, MAX_SHARDS).next_power_of_two();
        let max = usize::try_from(max_keys.div_ceil(shards).max(1)).unwrap_or(usize::MAX);
        let shards = (0..shards).map(|_| Shard::new(rate, max)).collect();
        Self { rate, hasher: RandomState::new(), shards }
    }

    pub(crate) fn charge(&self, key: QuotaKey, cost: NonZeroU32) -> Decision {
        let hash = self.hasher.hash_one(key);
        // There are 256 shards at most, and a power of two: one byte of the hash chooses evenly.
        let shard = usize::from(hash.to_be_bytes()[1]) % self.shards.len();
        Decision::of(self.rate, cost.get(), self.shards[shard].take(hash, cost))
    }

    pub(crate) fn keys(&self) -> usize {
        self.shards.iter().map(Shard::keys).sum()
    }
}
