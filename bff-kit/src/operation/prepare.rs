//! From the text of an operation to one that is ready to run.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::types::{ExecutableDocument, OperationType};
use async_graphql::{ServerError, Variables};
use fetch::Policies;

use super::literals;
use super::normalise::normalised;
use super::outline::select;
use super::{Guard, Outline, OutlineError, Prepared};
use crate::code::Code;
use crate::error::coded;
use crate::schema::Catalogue;

/// Holds a document against a schema; answers what is wrong with it.
pub(crate) type Validate = Box<dyn Fn(&ExecutableDocument, Option<&str>) -> Vec<ServerError> + Send + Sync>;

/// Prepares the operations of one client.
pub(crate) struct Preparer {
    pub(crate) catalogue: Catalogue,
    pub(crate) policies: Arc<Policies>,
    pub(crate) validate: Validate,
    /// How long a request may take.
    pub(crate) deadline: Duration,
    /// What an operation may cost.
    pub(crate) guard: Guard,
    /// What a registered one may: what its client could rely on when it was released, whatever is tightened since.
    pub(crate) registered: Guard,
    /// Whether calls say what they read.
    pub(crate) masks: bool,
    /// Whether what needs no more of an object than its key is asked beside it.
    pub(crate) hoisting: bool,
}

impl Preparer {
    /// Prepares the operation of that name, or the only one, of a document.
    pub(crate) fn prepare(&self, text: &str, name: Option<&str>) -> Result<Prepared, Vec<ServerError>> {
        self.within(&self.guard, text, name)
    }

    /// Prepares an operation that a client has released, under the hash of its document.
    pub(crate) fn register(&self, text: &str, hash: String) -> Result<Prepared, Vec<ServerError>> {
        self.within(&self.registered, text, None).map(|prepared| prepared.under(hash))
    }

    fn within(&self, guard: &Guard, text: &str, name: Option<&str>) -> Result<Prepared, Vec<ServerError>> {
        guard.text(text)?;
        let document = async_graphql::parser::parse_query(text)
            .map_err(|error| vec![coded(ServerError::from(error), Code::ParseFailed)])?;
        // Everything after this writes fragments out, again and again.
        guard.document(&document)?;
        self.served(&document, name).map_err(|error| vec![error.refusal()])?;
        let mut errors = (self.validate)(&document, name);
        errors.extend(literals::problems(&self.catalogue, &document));
        if !errors.is_empty() {
            return Err(errors.into_iter().map(|error| coded(error, Code::ValidationFailed)).collect());
        }
        let simple = normalised(&self.catalogue, &document, name)?;
        let outline = Outline::of(&self.catalogue, &simple, None).map_err(|error| vec![error.refusal()])?;
        let costs_by_variables = guard.operation(&outline)?;
        let outline = outline.within(self.deadline, &self.policies);
        let outline = if self.masks { outline } else { outline.without_masks() };
        let outline = if self.hoisting { outline } else { outline.without_hoisting() };
        Ok(Prepared::new(simple, outline, costs_by_variables))
    }

    /// Whether a prepared operation may run with these variables, which are coerced.
    pub(crate) fn admit(&self, operation: &Prepared, variables: &Variables) -> Result<(), Vec<ServerError>> {
        if !operation.costs_by_variables {
            return Ok(());
        }
        let guard = if operation.registered().is_some() { &self.registered } else { &self.guard };
        guard.variables(&operation.outline, variables)
    }

    /// Whether the operation is there, and all of the document are of a kind that is served.
    fn served(&self, document: &ExecutableDocument, name: Option<&str>) -> Result<(), OutlineError> {
        select(&document.operations, name).ok_or(OutlineError::NoSuchOperation)?;
        let served = |ty| match ty {
            OperationType::Query => true,
            OperationType::Mutation => self.catalogue.mutation().is_some(),
            OperationType::Subscription => false,
        };
        let mut operations = document.operations.iter();
        if operations.all(|(_, it)| served(it.node.ty)) { Ok(()) } else { Err(OutlineError::NotServed) }
    }
}
