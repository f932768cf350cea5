//! Selections on an interface or union, each field with the object types that it is selected for.

use std::collections::{HashMap, HashSet};

use async_graphql::{Name, Pos, Positioned};
use async_graphql_parser::types as run;

use super::types::Types;
use super::{Keys, Set, Writer, Written, fragment, null_condition};
use crate::conditions::NullCondition;
use crate::document::{Field, Selection, SelectionSet};

/// A field with the object types that it is selected for.
struct Narrowed<'a> {
    types: Types<'a>,
    field: &'a Field,
}

/// Selections on the object types of an interface or union.
#[derive(Default)]
struct Narrowings<'a> {
    fields: Vec<Narrowed<'a>>,
    /// Object types that fail, with the position of the condition that is null.
    null: Vec<(Types<'a>, Pos)>,
    /// Fragments that were visited, with the object types they were visited for.
    spread: HashSet<(&'a str, Types<'a>)>,
}

impl<'a> Writer<'a> {
    /// Merges the selections of all these sets on an interface or union into one set.
    pub(super) fn of_abstract(&mut self, type_name: &'a str, sets: &[&'a SelectionSet]) -> Written<Set> {
        let all = Types::of(self.schema_index, type_name);
        let mut narrowings = Narrowings::default();
        for set in sets {
            self.narrow(&all, set, &mut narrowings)?;
        }
        let null = narrowings.null.first().map(|(_, pos)| *pos);
        let items = if null.is_some() || overlap(&narrowings.fields) {
            self.by_object(&all, &narrowings)?
        } else {
            self.by_condition(type_name, &all, &narrowings.fields)?
        };
        Ok(Set { selections: run::SelectionSet { items }, null })
    }

    /// Collects the fields of a set, each with the object types that it is selected for.
    fn narrow(
        &mut self,
        types: &Types<'a>,
        set: &'a SelectionSet,
        narrowings: &mut Narrowings<'a>,
    ) -> Written<()> {
        for selection in &set.items {
            if let Selection::Spread(it) = selection
                && narrowings.spread.contains(&(it.name.node.as_str(), types.clone()))
            {
                continue;
            }
            match self.conditions.include(selection.directives()) {
                Ok(true) => {}
                Ok(false) => continue,
                Err(NullCondition(pos)) => {
                    narrowings.null.push((types.clone(), pos));
                    continue;
                }
            }
            let (on, below) = match selection {
                Selection::Field(field) => {
                    narrowings.fields.push(Narrowed { types: types.clone(), field });
                    self.spend()?;
                    continue;
                }
                Selection::Inline(fragment) => (fragment.on.as_ref(), &fragment.selections),
                Selection::Spread(it) => {
                    narrowings.spread.insert((&it.name.node, types.clone()));
                    let Some(fragment) = self.document.fragment(&it.name.node) else { continue };
                    (Some(&fragment.on), &fragment.selections)
                }
            };
            let types = match on {
                Some(on) => types.within(self.schema_index, &on.node),
                None => types.clone(),
            };
            if !types.is_empty() {
                self.narrow(&types, below, narrowings)?;
            }
        }
        Ok(())
    }

    /// Returns a fragment for each object type, with all its fields.
    fn by_object(
        &mut self,
        all: &Types<'a>,
        narrowings: &Narrowings<'a>,
    ) -> Written<Vec<Positioned<run::Selection>>> {
        let mut items = Vec::new();
        for object in all.names() {
            if let Some((_, pos)) = narrowings.null.iter().find(|(types, _)| types.contains(object)) {
                items.push(fragment(object, vec![null_condition(*pos)], *pos));
                continue;
            }
            let mut keys = Keys::new();
            for it in narrowings.fields.iter().filter(|it| it.types.contains(object)) {
                keys.entry(it.field.response_key()).or_default().push(it.field);
            }
            if let Some((_, first)) = keys.first() {
                let pos = first[0].pos;
                items.push(fragment(object, self.fields(object, &keys)?, pos));
            }
        }
        Ok(items)
    }

    /// Returns fragments for each run of fields with the same object types. Fields of all object types need no
    /// fragment.
    fn by_condition(
        &mut self,
        type_name: &'a str,
        all: &Types<'a>,
        narrowed: &[Narrowed<'a>],
    ) -> Written<Vec<Positioned<run::Selection>>> {
        let mut runs: Vec<(&Types<'a>, Keys<'a>)> = Vec::new();
        let mut places: HashMap<(&Name, &Types<'a>), usize> = HashMap::new();
        for it in narrowed {
            let key = it.field.response_key();
            let place = *places.entry((key, &it.types)).or_insert_with(|| {
                if runs.last().is_none_or(|(types, _)| **types != it.types) {
                    runs.push((&it.types, Keys::new()));
                }
                runs.len() - 1
            });
            runs[place].1.entry(key).or_default().push(it.field);
        }
        let mut items = Vec::new();
        for (types, keys) in runs {
            let pos = keys[0][0].pos;
            if types == all {
                items.extend(self.fields(type_name, &keys)?);
            } else {
                for object in types.names() {
                    items.push(fragment(object, self.fields(object, &keys)?, pos));
                }
            }
        }
        Ok(items)
    }
}

/// Returns true if a response key is selected for two different sets of object types that overlap.
fn overlap(narrowed: &[Narrowed<'_>]) -> bool {
    let mut keys: HashMap<&Name, Vec<&Types<'_>>> = HashMap::new();
    narrowed.iter().any(|it| {
        let before = keys.entry(it.field.response_key()).or_default();
        let overlaps = before.iter().any(|types| **types != it.types && types.overlap(&it.types));
        if !before.contains(&&it.types) {
            before.push(&it.types);
        }
        overlaps
    })
}
