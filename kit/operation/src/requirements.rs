//! Requirements of an operation on its principal.

use async_graphql::{Name, Pos};
use async_graphql_parser::types::{Field, OperationDefinition, OperationType, Selection, SelectionSet};

use crate::failing::{Failing, FailingCause};
use crate::schema::{Requirement, SchemaIndex};

/// A field that requires something of the principal, beyond what the fields around it require.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Required {
    /// Its requirement.
    pub requirement: Requirement,
    /// Response keys from the root to the field.
    path: Vec<Name>,
    /// Type that has the field.
    parent: String,
    pos: Pos,
}

impl Required {
    /// Returns the field as one that fails for this reason.
    #[must_use]
    pub fn failing(&self, cause: FailingCause) -> Failing {
        Failing { path: self.path.clone(), parent: self.parent.clone(), cause, pos: self.pos }
    }

    /// Returns the path of the field in the answer, without list indices, such as `cart.items`.
    #[must_use]
    pub fn path(&self) -> String {
        self.path.iter().map(Name::as_str).collect::<Vec<_>>().join(".")
    }
}

/// Returns the fields of an operation in its simplest form that require something, in the order of the selection.
pub(super) fn requirements(schema_index: &SchemaIndex, operation: &OperationDefinition) -> Vec<Required> {
    let root = match operation.ty {
        OperationType::Mutation => schema_index.mutation().unwrap_or_default(),
        _ => schema_index.query(),
    };
    let mut walk = Walk { schema_index, path: Vec::new(), found: Vec::new() };
    walk.set(root, &operation.selection_set.node, &Requirement::default());
    walk.found
}

struct Walk<'a> {
    schema_index: &'a SchemaIndex,
    path: Vec<Name>,
    found: Vec<Required>,
}

impl Walk<'_> {
    /// Walks the selections on a type, whose object is there only if the requirement `met` is.
    fn set(&mut self, type_name: &str, set: &SelectionSet, met: &Requirement) {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => {
                    self.path.push(field.node.response_key().node.clone());
                    self.field(type_name, &field.node, field.pos, met);
                    self.path.pop();
                }
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref().map(|it| it.node.on.node.as_str());
                    self.set(on.unwrap_or(type_name), &fragment.node.selection_set.node, met);
                }
                // The simplest form has none.
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    fn field(&mut self, type_name: &str, field: &Field, pos: Pos, met: &Requirement) {
        let name = &*field.name.node;
        let Some(info) = self.schema_index.field(type_name, name) else { return };
        // Each object type that the object may be of has its own say.
        let mut all = met.clone();
        for parent in self.schema_index.possible(type_name) {
            let Some(own) = self.schema_index.field(parent, name) else { continue };
            if !own.requires.is_within(met) {
                let (path, parent) = (self.path.clone(), parent.clone());
                let requirement = own.requires.clone();
                self.found.push(Required { requirement, path, parent, pos });
            }
            all = all.and(&own.requires);
        }
        // On an interface, an object of another type may be there without meeting what this one requires.
        let below = if self.schema_index.possible(type_name).len() == 1 { &all } else { met };
        self.set(&info.type_name, &field.selection_set.node, below);
    }
}

#[cfg(test)]
mod tests;
