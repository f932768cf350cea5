//! Read masks: the parts of a message that are read.

use std::collections::BTreeSet;
use std::sync::Arc;

use prost_types::FieldMask;

/// Set of the paths of a message that are read, sorted and without duplicates. The path `*` stands for all of it. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mask(Arc<BTreeSet<String>>);

impl Mask {
    /// Adds a path, such as `"wholesale.cost"`.
    pub fn add(&mut self, path: &str) {
        if !self.0.contains(path) {
            Arc::make_mut(&mut self.0).insert(path.to_owned());
        }
    }

    /// Returns true if all of the message is read.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.0.contains("*")
    }

    /// Returns the paths, sorted. A path below another path of the mask is left out, because its parent covers it.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str).filter(|path| !self.covers_parent_of(path))
    }

    fn covers_parent_of(&self, path: &str) -> bool {
        path != "*" && self.is_all() || path.match_indices('.').any(|(dot, _)| self.0.contains(&path[..dot]))
    }

    /// Returns true if this mask reads everything that the other reads.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        other.0.iter().all(|path| self.0.contains(path) || self.covers_parent_of(path))
    }

    /// Returns what the mask selects of a message at `above`, such as `"wholesale."`, in its field `name`.
    #[must_use]
    pub fn selected(&self, above: &str, name: &str) -> Selected {
        let path = format!("{above}{name}");
        if self.0.contains(&path) || self.covers_parent_of(&path) {
            return Selected::All;
        }
        let below = path + ".";
        if self.0.iter().any(|path| path.starts_with(&below)) {
            Selected::Below(below)
        } else {
            Selected::Nothing
        }
    }

    /// Returns the mask as the message that is sent.
    #[must_use]
    pub fn to_message(&self) -> FieldMask {
        FieldMask { paths: self.paths().map(str::to_owned).collect() }
    }
}

/// What a mask selects of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selected {
    /// All of it.
    All,
    /// Fields of its message, whose paths begin with this text.
    Below(String),
    /// Nothing.
    Nothing,
}

/// Returns a mask whose paths consist of the names that `name` returns for their segments.
#[must_use]
pub fn renamed(mask: &FieldMask, name: impl Fn(&str) -> &str) -> FieldMask {
    let path = |path: &String| path.split('.').map(&name).collect::<Vec<_>>().join(".");
    FieldMask { paths: mask.paths.iter().map(path).collect() }
}

/// A message that can be cut to a mask. `rpc-build` writes it.
pub trait Cut {
    /// Drops every field that the mask does not select. `above` is the path of the message, with a dot behind it; empty for the
    /// message that the mask selects from.
    fn cut(&mut self, mask: &Mask, above: &str);
}

impl<M: Cut> Cut for Box<M> {
    fn cut(&mut self, mask: &Mask, above: &str) {
        (**self).cut(mask, above);
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

    #[test]
    fn the_star_covers_all() {
        let mask: Mask = ["name", "*"].into_iter().collect();
        assert_eq!(mask.paths().collect::<Vec<_>>(), ["*"]);
        assert!(mask.covers(&["image.url"].into_iter().collect()));
        assert!(!["name"].into_iter().collect::<Mask>().covers(&mask));
        assert_eq!(mask.selected("", "image"), Selected::All);
    }

    #[test]
    fn a_field_is_selected_whole_in_part_or_not_at_all() {
        let mask: Mask = ["wholesale.cost", "name"].into_iter().collect();
        assert_eq!(mask.selected("", "name"), Selected::All);
        assert_eq!(mask.selected("name.", "first"), Selected::All);
        assert_eq!(mask.selected("", "wholesale"), Selected::Below("wholesale.".to_owned()));
        assert_eq!(mask.selected("wholesale.", "cost"), Selected::All);
        assert_eq!(mask.selected("wholesale.", "margin"), Selected::Nothing);
        assert_eq!(mask.selected("", "whole"), Selected::Nothing);
    }
}
