//! Keys in the order in which a batch is sent.

/// Keys, sorted and each once: a batch is sent in the same order every time.
#[derive(Debug)]
pub(crate) struct Ordered<K> {
    pub(crate) keys: Vec<K>,
    /// Places of the keys before among the sorted ones.
    places: Vec<usize>,
}

impl<K: Clone + Ord> Ordered<K> {
    pub(crate) fn of<'a>(keys: impl IntoIterator<Item = &'a K>) -> Self
    where
        K: 'a,
    {
        let given: Vec<_> = keys.into_iter().collect();
        let mut order: Vec<usize> = (0..given.len()).collect();
        order.sort_unstable_by_key(|place| given[*place]);
        let (mut keys, mut places) = (Vec::<K>::with_capacity(given.len()), vec![0; given.len()]);
        for place in order {
            if keys.last() != Some(given[place]) {
                keys.push(given[place].clone());
            }
            places[place] = keys.len() - 1;
        }
        Self { keys, places }
    }

    /// Returns what belongs to the sorted keys for the keys before, in their order.
    pub(crate) fn restored<T: Clone>(&self, sorted: &[T]) -> Vec<T> {
        self.places.iter().map(|place| sorted[*place].clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sorted_comes_back_in_its_order() {
        let ordered = Ordered::of(&["plum", "apple", "quince", "apple", "pear"]);
        assert_eq!(ordered.keys, ["apple", "pear", "plum", "quince"]);
        assert_eq!(ordered.restored(&["a", "pe", "pl", "q"]), ["pl", "a", "q", "a", "pe"]);
    }
}
