//! Deterministic random numbers: a hash of text and a generator seeded with it, the same on every machine and in every
//! version. Never for secrets.

/// Hashes parts to 64 bits (FNV-1a, each part ended so that `["ab", "c"]` differs from `["a", "bc"]`, then mixed).
pub(crate) fn hash<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> u64 {
    let mut state: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        for byte in part.iter().copied().chain((part.len() as u64).to_le_bytes()) {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    mix(state)
}

/// Hashes words; see [`hash`].
pub(crate) fn hash_words(words: &[&str]) -> u64 {
    hash(words.iter().map(|word| word.as_bytes()))
}

/// A sequence of random numbers that depends on its seed alone (`SplitMix64`).
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// The sequence seeded with a number.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The sequence seeded with the hash of some words.
    pub(crate) fn of(words: &[&str]) -> Self {
        Self(hash_words(words))
    }

    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number below `end`, which must be above 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        // The bias of the remainder is far below anything a shop of some hundred products shows.
        self.next() % end
    }

    /// An index into a slice of this length, which must not be 0.
    pub(crate) fn index(&mut self, len: usize) -> usize {
        usize::try_from(self.below(len as u64)).expect("an index below a usize fits a usize")
    }

    /// A number from 0 to just below 1.
    pub(crate) fn unit(&mut self) -> f64 {
        let bits = u32::try_from(self.next() >> 32).expect("32 bits are left after the shift");
        f64::from(bits) / (f64::from(u32::MAX) + 1.0)
    }

    /// True with this chance in percent.
    pub(crate) fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    /// Shuffles a slice (Fisher–Yates).
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = self.index(last + 1);
            items.swap(last, other);
        }
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_one_part_ends_and_the_next_begins_matters() {
        assert_ne!(hash_words(&["ab", "c"]), hash_words(&["a", "bc"]));
        assert_ne!(hash_words(&["ab"]), hash_words(&["ab", ""]));
    }

    #[test]
    fn the_same_seed_gives_the_same_numbers_for_ever() {
        let mut random = Random::of(&["kettle"]);
        let first = [random.below(1_000), random.below(1_000), random.below(1_000)];
        let mut again = Random::of(&["kettle"]);
        assert_eq!(first, [again.below(1_000), again.below(1_000), again.below(1_000)]);
        assert_eq!(
            hash_words(&["kettle"]),
            17_446_775_506_592_772_229,
            "a change of the hash changes every seeded shop"
        );
    }

    #[test]
    fn shuffling_keeps_every_item() {
        let mut items: Vec<u32> = (0..50).collect();
        Random::new(7).shuffle(&mut items);
        assert_ne!(items, (0..50).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..50).collect::<Vec<_>>());
    }
}
