//! Normalisation of an operation into the form that async-graphql runs: it yields the same answer with less to walk.
//!
//! async-graphql runs a field once for each time it is selected. The normal form therefore selects every response key
//! of an object once: fragments are expanded, fragments that never apply and selections that a condition excludes are
//! dropped, and fields with one key are merged into one field. On an interface or union, selections are written out
//! for each object type if a key is selected for two different sets of object types that overlap. The normal form has
//! no named fragments and no conditions.

mod abstracts;
mod arguments;
mod types;

use std::collections::{HashMap, HashSet};

use async_graphql::{Name, Pos, Positioned, ServerError};
use async_graphql_parser::types as run;
use async_graphql_value::indexmap::IndexMap;

use super::call_graph::MAX_SELECTIONS;
use super::conditions::{Conditions, NullCondition, is_condition};
use super::document::{Directive, Document, Field, Operation, Selection, SelectionSet};
use super::literal;
use crate::code::Code;
use crate::error::{at_places, request_error};
use crate::failing::{Failing, FailingCause};
use crate::schema::{Kind, SchemaIndex};

/// Operation in its normal form, ready for async-graphql.
#[derive(Debug)]
pub(super) struct Normalised {
    /// Document that holds the operation alone.
    pub(super) document: run::ExecutableDocument,
    /// Fields that fail with these variables, whatever the services respond.
    pub(super) failing: Vec<Failing>,
    /// Nullable variables in positions that do not allow null, each once.
    pub(super) risky: Vec<Name>,
}

/// Reason why an operation has no normal form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unwritten {
    /// The operation has too many selections once interfaces are written out for each object type.
    TooLarge,
    /// A condition of a selection at the root is null.
    NullCondition(NullCondition),
}

impl Unwritten {
    pub(super) fn into_error(self) -> ServerError {
        match self {
            Self::TooLarge => {
                let text = "The operation selects too much once it is written out for each type.";
                request_error(Code::OperationTooLarge, text)
            }
            Self::NullCondition(condition) => {
                let text = "The condition of `@skip` or `@include` must not be null.";
                at_places(request_error(Code::BadUserInput, text), vec![condition.0])
            }
        }
    }
}

type Written<T> = Result<T, Unwritten>;

/// Returns the normal form of an operation of a valid document.
pub(super) fn normalised(
    schema_index: &SchemaIndex,
    document: &Document,
    operation: &Operation,
    conditions: Conditions<'_>,
) -> Written<Normalised> {
    let root = match operation.ty {
        run::OperationType::Mutation => schema_index.mutation().unwrap_or_default(),
        _ => schema_index.query(),
    };
    let mut writer = Writer {
        schema_index,
        document,
        conditions,
        left: MAX_SELECTIONS,
        path: Vec::new(),
        failing: Vec::new(),
        risky: Vec::new(),
    };
    let Set { selections, null } = writer.set(root, &[&operation.selections])?;
    if let Some(pos) = null {
        return Err(Unwritten::NullCondition(NullCondition(pos)));
    }
    let Writer { failing, mut risky, .. } = writer;
    risky.sort_unstable();
    risky.dedup();
    let nullable =
        |name: &Name| operation.variables.iter().any(|it| it.name.node == *name && it.ty.node.nullable);
    risky.retain(nullable);
    let definition = run::OperationDefinition {
        ty: operation.ty,
        variable_definitions: operation.variables.iter().map(|it| variable(schema_index, it)).collect(),
        directives: Vec::new(),
        selection_set: Positioned::new(selections, operation.selections.pos),
    };
    let definition = Positioned::new(definition, operation.pos);
    let operations = match &operation.name {
        Some(name) => run::DocumentOperations::Multiple(HashMap::from([(name.node.clone(), definition)])),
        None => run::DocumentOperations::Single(definition),
    };
    let document = run::ExecutableDocument { operations, fragments: HashMap::new() };
    Ok(Normalised { document, failing, risky })
}

fn variable(
    schema_index: &SchemaIndex,
    definition: &super::document::VariableDefinition,
) -> Positioned<run::VariableDefinition> {
    let ty = &definition.ty;
    let default = definition.default.as_ref().and_then(|value| {
        let constant = literal::typed(schema_index, value, &ty.node).into_const()?;
        Some(Positioned::new(constant, value.pos))
    });
    let definition_of = run::VariableDefinition {
        name: definition.name.clone(),
        var_type: Positioned::new(ty.node.clone(), ty.pos),
        directives: Vec::new(),
        default_value: default,
    };
    Positioned::new(definition_of, definition.pos)
}

struct Writer<'a> {
    schema_index: &'a SchemaIndex,
    document: &'a Document,
    conditions: Conditions<'a>,
    /// Number of selections that may still be added.
    left: usize,
    /// Response keys from the root to the current field.
    path: Vec<Name>,
    failing: Vec<Failing>,
    risky: Vec<Name>,
}

/// Fields selected under each response key, in the order in which the keys first occur.
type Keys<'a> = IndexMap<&'a Name, Vec<&'a Field>>;

/// Response key that marks an object as failing because a condition within it is null. The key is not a GraphQL name,
/// so no client can select a field under it.
pub const NULL_CONDITION: &str = "null condition";

/// Merged selections on an object.
struct Set {
    selections: run::SelectionSet,
    /// Position of a condition that is null; `None` if there is none. The objects concerned have [`NULL_CONDITION`] in
    /// place of their fields.
    null: Option<Pos>,
}

impl<'a> Writer<'a> {
    /// Merges the selections of all these sets on an object of the type into one set.
    fn set(&mut self, type_name: &'a str, sets: &[&'a SelectionSet]) -> Written<Set> {
        if self.schema_index.kind(type_name) != Some(Kind::Object) {
            return self.of_abstract(type_name, sets);
        }
        let mut keys = Keys::new();
        let mut spread = HashSet::new();
        let collected = sets.iter().try_for_each(|set| self.collect(type_name, set, &mut keys, &mut spread));
        let (items, null) = match collected {
            Ok(()) => (self.fields(type_name, &keys)?, None),
            Err(NullCondition(pos)) => (vec![null_condition(pos)], Some(pos)),
        };
        Ok(Set { selections: run::SelectionSet { items }, null })
    }

    /// Collects the fields of a set that apply to an object of the type.
    fn collect(
        &self,
        type_name: &str,
        set: &'a SelectionSet,
        keys: &mut Keys<'a>,
        spread: &mut HashSet<&'a str>,
    ) -> Result<(), NullCondition> {
        for selection in &set.items {
            // The fields of a fragment that was visited are already collected, whatever the condition of this spread.
            if matches!(selection, Selection::Spread(it) if spread.contains(it.name.node.as_str()))
                || !self.conditions.include(selection.directives())?
            {
                continue;
            }
            let (on, below) = match selection {
                Selection::Field(field) => {
                    keys.entry(field.response_key()).or_insert_with(|| Vec::with_capacity(1)).push(field);
                    continue;
                }
                Selection::Inline(fragment) => (fragment.on.as_ref(), &fragment.selections),
                Selection::Spread(it) => {
                    spread.insert(&it.name.node);
                    let Some(fragment) = self.document.fragment(&it.name.node) else { continue };
                    (Some(&fragment.on), &fragment.selections)
                }
            };
            let applies = |on: &Positioned<Name>| {
                on.node == type_name || self.schema_index.possible(&on.node).iter().any(|it| it == type_name)
            };
            if on.is_none_or(applies) {
                self.collect(type_name, below, keys, spread)?;
            }
        }
        Ok(())
    }

    fn fields(&mut self, type_name: &'a str, keys: &Keys<'a>) -> Written<Vec<Positioned<run::Selection>>> {
        keys.values().map(|fields| self.field(type_name, fields)).collect()
    }

    /// Merges the fields of one response key into one field.
    fn field(&mut self, type_name: &'a str, fields: &[&'a Field]) -> Written<Positioned<run::Selection>> {
        self.spend()?;
        let field = fields[0];
        let info = self.schema_index.selectable(type_name, &field.name.node);
        self.path.push(field.response_key().clone());
        let arguments = self.arguments(&field.arguments, info.map(|info| &info.arguments));
        if let Some((argument, pos)) = info.and_then(|info| self.null_argument(field, info)) {
            self.fails(type_name, FailingCause::NullArgument(argument), pos);
        }
        let sets: Vec<_> = fields.iter().filter_map(|field| field.selections.as_ref()).collect();
        let below = match info {
            Some(info) if !sets.is_empty() => {
                let Set { selections, null } = self.set(&info.type_name, &sets)?;
                if let Some(pos) = null {
                    self.fails(type_name, FailingCause::NullCondition, pos);
                }
                selections
            }
            _ => run::SelectionSet::default(),
        };
        self.path.pop();
        let own = field.directives.iter().filter(|it| !is_condition(it));
        let node = run::Field {
            alias: field.alias.clone(),
            name: field.name.clone(),
            arguments,
            directives: own.map(|it| self.directive(it)).collect(),
            selection_set: Positioned::new(below, field.selections.as_ref().map_or(field.pos, |set| set.pos)),
        };
        Ok(Positioned::new(run::Selection::Field(Positioned::new(node, field.pos)), field.pos))
    }

    fn directive(&self, directive: &Directive) -> Positioned<run::Directive> {
        let info = self.schema_index.directive(&directive.name.node);
        let arguments = self.arguments(&directive.arguments, info.map(|info| &info.arguments));
        Positioned::new(run::Directive { name: directive.name.clone(), arguments }, directive.pos)
    }

    fn fails(&mut self, type_name: &str, cause: FailingCause, pos: Pos) {
        let (path, parent) = (self.path.clone(), type_name.to_owned());
        self.failing.push(Failing { path, parent, cause, pos });
    }

    fn spend(&mut self) -> Written<()> {
        self.left = self.left.checked_sub(1).ok_or(Unwritten::TooLarge)?;
        Ok(())
    }
}

/// Returns the selection that marks an object as failing.
fn null_condition(pos: Pos) -> Positioned<run::Selection> {
    let name = |name| Positioned::new(Name::new(name), pos);
    let field = run::Field {
        alias: Some(name(NULL_CONDITION)),
        name: name("__typename"),
        arguments: Vec::new(),
        directives: Vec::new(),
        selection_set: Positioned::default(),
    };
    Positioned::new(run::Selection::Field(Positioned::new(field, pos)), pos)
}

fn fragment(on: &str, items: Vec<Positioned<run::Selection>>, pos: Pos) -> Positioned<run::Selection> {
    let condition = run::TypeCondition { on: Positioned::new(Name::new(on), pos) };
    let fragment = run::InlineFragment {
        type_condition: Some(Positioned::new(condition, pos)),
        directives: Vec::new(),
        selection_set: Positioned::new(run::SelectionSet { items }, pos),
    };
    Positioned::new(run::Selection::InlineFragment(Positioned::new(fragment, pos)), pos)
}

#[cfg(test)]
mod tests;
