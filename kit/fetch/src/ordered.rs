//! Keys in the order in which a batch is sent.

/// Keys, sorted: a batch is sent in the same order every time.
#[derive(Debug)]
pub(crate) struct Ordered<K> {
    pub(crate) keys: Vec<K>,
    pub(crate) order: Order,
}

/// The order that keys had before.
#[derive(Debug)]
pub(crate) struct Order(Vec<usize>);

impl<K: Clone + Ord> Ordered<K> {
    pub(crate) fn of<'a>(keys: impl IntoIterator<Item = &'a K>) -> Self
    where
        K: 'a,
    {
        let keys: Vec<_> = keys.into_iter().collect();
        let mut order: Vec<usize> = (0..keys.len()).collect();
        order.sort_unstable_by_key(|place| keys[*place]);
        Self { keys: order.iter().map(|place| keys[*place].clone()).collect(), order: Order(order) }
    }
}

impl Order {
    /// Returns what belongs to the sorted keys in the order that they had before.
    pub(crate) fn restored<T>(&self, sorted: Vec<T>) -> Vec<T> {
        let mut placed: Vec<_> = self.0.iter().copied().zip(sorted).collect();
        placed.sort_unstable_by_key(|(place, _)| *place);
        placed.into_iter().map(|(_, item)| item).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sorted_comes_back_in_its_order() {
        let Ordered { keys, order } = Ordered::of(&["pear", "apple", "plum"]);
        assert_eq!(keys, ["apple", "pear", "plum"]);
        assert_eq!(order.restored(keys), ["pear", "apple", "plum"]);
    }
}
