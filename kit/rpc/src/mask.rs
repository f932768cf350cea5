//! Read masks: the parts of a message that are read.

use std::collections::BTreeSet;

use prost_types::FieldMask;

/// Set of the paths of a message that are read, sorted and without duplicates.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mask(BTreeSet<String>);

impl Mask {
    /// Adds a path, such as `"wholesale.cost"`.
    pub fn add(&mut self, path: &str) {
        if !self.0.contains(path) {
            self.0.insert(path.to_owned());
        }
    }

    /// Returns the paths, sorted. A path below another path of the mask is left out, because its parent covers it.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str).filter(|path| !self.covers_parent_of(path))
    }

    fn covers_parent_of(&self, path: &str) -> bool {
        path.match_indices('.').any(|(dot, _)| self.0.contains(&path[..dot]))
    }

    /// Returns true if this mask reads everything that the other reads.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        other.0.iter().all(|path| self.0.contains(path) || self.covers_parent_of(path))
    }

    /// Returns the mask as the message that is sent.
    #[must_use]
    pub fn to_message(&self) -> FieldMask {
        FieldMask { paths: self.paths().map(str::to_owned).collect() }
    }
}

impl<P: AsRef<str>> FromIterator<P> for Mask {
    fn from_iter<T: IntoIterator<Item = P>>(paths: T) -> Self {
        let mut mask = Self::default();
        for path in paths {
            mask.add(path.as_ref());
        }
        mask
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parent_covers_its_children() {
        let mask: Mask = ["wholesale.cost", "name", "wholesale", "wholesale_note"].into_iter().collect();
        assert_eq!(mask.paths().collect::<Vec<_>>(), ["name", "wholesale", "wholesale_note"]);
        assert!(mask.covers(&["name", "wholesale.margin"].into_iter().collect()));
        assert!(!mask.covers(&["image"].into_iter().collect()));
    }
}
