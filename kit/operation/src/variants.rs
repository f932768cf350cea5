//! The forms of an operation for different variables, which decide its conditions.

use std::sync::OnceLock;

use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{Name, ServerError, Variables};
use async_graphql_value::ConstValue;

use super::conditions::{Conditions, deciding};
use super::document::Document;
use super::failing::Failing;
use super::form::Form;
use super::normalise::{Normalised, Unwritten, normalised};
use crate::schema::SchemaIndex;

/// Upper bound on the deciding variables of an operation whose forms are all kept, each once it was needed.
const MOST_KEPT: usize = 3;

/// An operation whose form depends on variables.
#[derive(Debug)]
pub(super) struct Variants {
    source: Document,
    operation: Option<Name>,
    /// The variables that decide on selections.
    deciding: Vec<Name>,
    /// Variables that may be null and stand where null may not.
    risky: Vec<Name>,
    /// A form for each combination of the deciding variables; empty if there are none or too many of them.
    kept: Box<[OnceLock<Form>]>,
}

impl Variants {
    /// Returns the forms of an operation; `None` if it has only one.
    pub(super) fn of(source: Document, operation: Option<&str>, risky: Vec<Name>) -> Option<Self> {
        let deciding: Vec<_> = deciding(&source).into_iter().map(Name::new).collect();
        if deciding.is_empty() && risky.is_empty() {
            return None;
        }
        let kept = if deciding.is_empty() || deciding.len() > MOST_KEPT { 0 } else { 1 << deciding.len() };
        let kept = (0..kept).map(|_| OnceLock::new()).collect();
        Some(Self { source, operation: operation.map(Name::new), deciding, risky, kept })
    }

    /// Returns the upper bound on the trees that are held.
    pub(super) fn trees(&self) -> usize {
        1 + self.kept.len()
    }

    /// Returns the form for these variables, which must be coerced, and the fields that fail with them. `open` is the
    /// form in which every condition holds.
    pub(super) fn of_variables(
        &self,
        schema_index: &SchemaIndex,
        variables: &Variables,
        open: &Form,
    ) -> Result<(ExecutableDocument, Vec<Failing>), ServerError> {
        if let Some(form) = self.form(schema_index, variables, open) {
            return Ok((form.document.clone(), Vec::new()));
        }
        let Normalised { document, failing, .. } = self.written(schema_index, variables)?;
        Ok((document, failing))
    }

    /// Returns the form for these variables, which is made once; `None` if a field fails with them, or if there are too many forms
    /// to keep. `open` is the form in which every condition holds.
    pub(super) fn form<'a>(
        &'a self,
        schema_index: &SchemaIndex,
        variables: &Variables,
        open: &'a Form,
    ) -> Option<&'a Form> {
        if self.risky.iter().any(|name| variables.get(name) == Some(&ConstValue::Null)) {
            return None;
        }
        if self.deciding.is_empty() {
            return Some(open);
        }
        let form = self.kept.get(self.decided(variables)?)?;
        if form.get().is_none() {
            let Normalised { document, .. } = self.written(schema_index, variables).ok()?;
            // Another request may have kept the form meanwhile; the two are equal.
            let _kept = form.set(Form::new(document));
        }
        form.get()
    }

    /// Returns true if there are too many forms to keep.
    pub(super) fn are_too_many(&self) -> bool {
        !self.deciding.is_empty() && self.kept.is_empty()
    }

    fn written(&self, schema_index: &SchemaIndex, variables: &Variables) -> Result<Normalised, ServerError> {
        let operation = self.source.operation(self.operation.as_deref());
        let operation = operation.expect("the operation was found when it was prepared");
        normalised(schema_index, &self.source, operation, Conditions::Decided(variables))
            .map_err(Unwritten::into_error)
    }

    /// Returns the index of the combination of deciding variables; `None` if one of them is null.
    fn decided(&self, variables: &Variables) -> Option<usize> {
        self.deciding.iter().try_fold(0, |index, name| match variables.get(name) {
            Some(ConstValue::Boolean(value)) => Some(index << 1 | usize::from(*value)),
            // The variable belongs to another operation of the document.
            None => Some(index << 1),
            Some(_) => None,
        })
    }
}
