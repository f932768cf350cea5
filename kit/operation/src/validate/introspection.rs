//! Rule on the depth of introspection: types have fields, which have types, which have fields, and an answer grows with
//! each level.

use std::collections::HashMap;

use super::Validator;
use crate::document::{Field, Selection, SelectionSet};

/// Maximum number of nested lists of types and fields in an answer, as in graphql-js.
const MAX_LISTS: usize = 2;

impl Validator<'_> {
    pub(super) fn introspection_depth(&mut self) {
        let document = self.document;
        let mut known = Known::default();
        let mut deep = Vec::new();
        let of_operations = document.operations.iter().map(|it| &it.selections);
        for set in of_operations.chain(document.fragments.iter().map(|it| &it.selections)) {
            self.roots(set, &mut known, &mut deep);
        }
        for field in deep {
            self.wrong(field.pos, "The schema does not tell of itself to this depth.");
        }
    }

    fn roots<'d>(&self, set: &'d SelectionSet, known: &mut Known<'d>, deep: &mut Vec<&'d Field>)
    where
        Self: 'd,
    {
        for selection in &set.items {
            match selection {
                Selection::Field(field) => {
                    let root = matches!(field.name.node.as_str(), "__schema" | "__type");
                    let Some(set) = &field.selections else { continue };
                    if root && self.too_deep(set, 0, known) {
                        deep.push(field);
                    }
                    self.roots(set, known, deep);
                }
                Selection::Inline(fragment) => self.roots(&fragment.selections, known, deep),
                Selection::Spread(_) => {}
            }
        }
    }

    fn too_deep<'d>(&self, set: &'d SelectionSet, lists: usize, known: &mut Known<'d>) -> bool
    where
        Self: 'd,
    {
        set.items.iter().any(|selection| match selection {
            Selection::Field(field) => {
                let list = ["fields", "interfaces", "possibleTypes", "inputFields"];
                let lists = lists + usize::from(list.contains(&field.name.node.as_str()));
                lists > MAX_LISTS
                    || field.selections.as_ref().is_some_and(|set| self.too_deep(set, lists, known))
            }
            Selection::Inline(fragment) => self.too_deep(&fragment.selections, lists, known),
            Selection::Spread(spread) => {
                let name = spread.name.node.as_str();
                let (fine, deep) = known.entry(name).or_insert((None, None));
                if deep.is_some_and(|deep| lists >= deep) {
                    return true;
                }
                // A fragment that spreads itself counts as fine while it is being checked.
                if fine.is_some_and(|fine| lists <= fine) {
                    return false;
                }
                let before = fine.replace(lists);
                let Some(fragment) = self.document.fragment(name) else { return false };
                let found = self.too_deep(&fragment.selections, lists, known);
                if found {
                    known.insert(name, (before, Some(lists)));
                }
                found
            }
        })
    }
}

/// For each fragment, the number of enclosing lists at which it is known to be fine, and the number at which it is
/// known to be too deep.
type Known<'d> = HashMap<&'d str, (Option<usize>, Option<usize>)>;
