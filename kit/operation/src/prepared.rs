//! An operation that is ready to run: the state that does not change from request to request.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, OnceLock};

use async_graphql::parser::types::{
    ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet,
};
use async_graphql::{ServerError, Variables};
use async_graphql_value::Value;

use super::document::Document;
use super::failing::Failing;
use super::form::Form;
use super::normalise::Normalised;
use super::repetition;
use super::variables::{BadVariable, coerce};
use super::variants::Variants;
use super::{CallGraph, Plan};
use crate::name::loggable_name;
use crate::program::{FindRow, NoProgram, Program};
use crate::schema::SchemaIndex;

/// An operation that was parsed, validated and normalised, with its call graph.
#[derive(Debug)]
pub struct Prepared {
    /// The operation in its simplest form, as if every condition held.
    document: Form,
    /// Its other forms; `None` if it has no others.
    variants: Option<Variants>,
    /// Its calls, and the paths they read.
    pub call_graph: Arc<CallGraph>,
    plan: OnceLock<Plan>,
    /// Its name as logs have it; `(unnamed)` if it has no name that logs take.
    label: Arc<str>,
    /// A quick hash of its text.
    text_hash: u64,
    /// The hash of its document; `None` if it is not registered.
    registered: Option<String>,
    /// True if a variable may be left out and has no default: an argument that names it is then left out as well.
    leaves_out: bool,
    /// True if it may cost too much with some variables.
    pub(super) costs_by_variables: bool,
}

impl Prepared {
    pub(super) fn new(
        source: Document,
        normalised: Normalised,
        call_graph: CallGraph,
        costs_by_variables: bool,
    ) -> Self {
        let mut prepared = Self {
            document: Form::new(normalised.document),
            variants: Variants::of(source, call_graph.name(), normalised.risky),
            label: call_graph.name().and_then(loggable_name).unwrap_or("(unnamed)").into(),
            call_graph: Arc::new(call_graph),
            plan: OnceLock::new(),
            registered: None,
            text_hash: 0,
            leaves_out: false,
            costs_by_variables,
        };
        prepared.leaves_out = prepared.operation().variable_definitions.iter().any(|it| {
            let definition = &it.node;
            definition.var_type.node.nullable && definition.default_value.is_none()
        });
        prepared
    }

    /// Returns the operation, registered under the hash of its document.
    #[must_use]
    pub fn under(self, hash: String) -> Self {
        Self { registered: Some(hash), ..self }
    }

    /// Returns the operation with a quick hash of its text and the name by which it was selected.
    pub(super) fn of_text(self, text: &str, name: Option<&str>) -> Self {
        let mut hasher = DefaultHasher::new();
        (text, name).hash(&mut hasher);
        Self { text_hash: hasher.finish(), ..self }
    }

    /// Returns a quick hash of its text, by which operations are told apart where a mistake does no harm.
    pub fn text_hash(&self) -> u64 {
        self.text_hash
    }

    /// The hash of its document; `None` if it is not registered.
    pub fn registered(&self) -> Option<&str> {
        self.registered.as_deref()
    }

    /// Returns the number of trees kept of its document beyond one: the source, and the forms for other variables.
    pub fn further_trees(&self) -> usize {
        self.variants.as_ref().map_or(0, Variants::trees)
    }

    /// Returns the name the document gives it; `None` if it has no name.
    pub fn name(&self) -> Option<&str> {
        self.call_graph.name()
    }

    /// Returns its name as logs have it.
    pub fn label(&self) -> &Arc<str> {
        &self.label
    }

    /// Returns true if it is a query: the only kind that may be sent by GET.
    pub fn is_query(&self) -> bool {
        self.call_graph.operation_type() == OperationType::Query
    }

    /// Returns the names of its root fields, in the order of the selection.
    pub fn root_fields(&self) -> impl Iterator<Item = &str> {
        self.operation().selection_set.node.items.iter().filter_map(|item| match &item.node {
            Selection::Field(field) => Some(field.node.name.node.as_str()),
            _ => None,
        })
    }

    /// Returns the idempotency keys in its arguments with these variables, which must be coerced: one for each root
    /// field, from `idempotencyKey` as an argument or as a field of an input object. `None` if a root field has none.
    pub fn idempotency_keys(&self, variables: &Variables) -> Option<Vec<String>> {
        repetition::keys(self.operation(), variables)
    }

    /// Returns a hash of the operation with these variables. Requests with equal hashes want the same.
    pub fn fingerprint(&self, variables: &Variables) -> [u8; 32] {
        repetition::fingerprint(self.operation(), variables)
    }

    /// Returns its plan, which `make` works out at the first call.
    pub fn plan(&self, make: impl FnOnce(&Self) -> Plan) -> &Plan {
        self.plan.get_or_init(|| make(self))
    }

    /// Coerces the variables of a request to the types that the operation declares.
    pub fn coerce(&self, schema_index: &SchemaIndex, sent: Variables) -> Result<Variables, Vec<BadVariable>> {
        coerce(schema_index, self.operation().variable_definitions.iter().map(|it| &it.node), sent)
    }

    /// Returns the document to run with these variables, which must be coerced, and the fields that fail with them.
    pub fn form(
        &self,
        schema_index: &SchemaIndex,
        variables: &Variables,
    ) -> Result<(ExecutableDocument, Vec<Failing>), ServerError> {
        let (mut document, failing) = match &self.variants {
            Some(variants) => variants.of_variables(schema_index, variables, &self.document)?,
            None => (self.document.document.clone(), Vec::new()),
        };
        if self.leaves_out {
            // async-graphql would treat a variable that was left out as null.
            for operation in operations(&mut document) {
                leave_out(&mut operation.selection_set.node, variables);
            }
        }
        Ok((document, failing))
    }

    /// Returns the program for these variables, which must be coerced; it is made once for each form. `None` if there is none: a
    /// field fails with them, there are too many forms to keep, or a field is no row.
    pub(crate) fn program(
        &self,
        schema_index: &SchemaIndex,
        variables: &Variables,
        rows: &FindRow,
    ) -> Option<&Program> {
        let form = match &self.variants {
            Some(variants) => variants.form(schema_index, variables, &self.document)?,
            None => &self.document,
        };
        self.program_of(form, schema_index, rows).ok()
    }

    /// Returns the reason why the operation is no program, as if every condition held; `None` if it is one.
    pub(crate) fn no_program(&self, schema_index: &SchemaIndex, rows: &FindRow) -> Option<NoProgram> {
        if self.variants.as_ref().is_some_and(Variants::are_too_many) {
            return Some(NoProgram::ManyConditions);
        }
        self.program_of(&self.document, schema_index, rows).err().cloned()
    }

    /// Returns the program of a form, which is made at the first call.
    fn program_of<'a>(
        &self,
        form: &'a Form,
        schema_index: &SchemaIndex,
        rows: &FindRow,
    ) -> Result<&'a Program, &'a NoProgram> {
        form.program(|document| Program::of(document, &self.call_graph, schema_index, rows))
    }

    fn operation(&self) -> &OperationDefinition {
        let mut operations = self.document.document.operations.iter();
        &operations.next().expect("a prepared document holds its operation").1.node
    }
}

fn operations(document: &mut ExecutableDocument) -> impl Iterator<Item = &mut OperationDefinition> {
    use async_graphql::parser::types::DocumentOperations::{Multiple, Single};
    let (single, multiple) = match &mut document.operations {
        Single(operation) => (Some(&mut operation.node), None),
        Multiple(operations) => (None, Some(operations.values_mut().map(|it| &mut it.node))),
    };
    single.into_iter().chain(multiple.into_iter().flatten())
}

/// Removes the arguments, and the fields of input objects, that are variables without a value.
fn leave_out(set: &mut SelectionSet, variables: &Variables) {
    for selection in &mut set.items {
        match &mut selection.node {
            Selection::Field(field) => {
                arguments(&mut field.node, variables);
                leave_out(&mut field.node.selection_set.node, variables);
            }
            Selection::InlineFragment(fragment) => {
                leave_out(&mut fragment.node.selection_set.node, variables);
            }
            Selection::FragmentSpread(_) => {}
        }
    }
}

fn arguments(field: &mut Field, variables: &Variables) {
    field.arguments.retain_mut(|(_, value)| has_value(&mut value.node, variables));
}

/// Returns true if a value is present; removes the absent values that it holds.
fn has_value(value: &mut Value, variables: &Variables) -> bool {
    match value {
        Value::Variable(name) => variables.contains_key(name),
        Value::Object(fields) => {
            fields.retain(|_, value| has_value(value, variables));
            true
        }
        // An item of a list cannot be left out: it is null.
        _ => true,
    }
}
