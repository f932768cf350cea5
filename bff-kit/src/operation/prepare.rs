//! From the text of an operation to one that is ready to run.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::ServerError;
use async_graphql::parser::types::ExecutableDocument;
use fetch::Policies;

use super::literals;
use super::normalise::normalised;
use super::{Outline, OutlineError, Prepared};
use crate::code::Code;
use crate::error::{coded, refusal};
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
    /// Fields within fields an operation may have.
    pub(crate) depth: usize,
    /// Whether calls say what they read.
    pub(crate) masks: bool,
    /// Whether what needs no more of an object than its key is asked beside it.
    pub(crate) hoisting: bool,
}

impl Preparer {
    /// Prepares the operation of that name, or the only one, of a document.
    pub(crate) fn prepare(&self, text: &str, name: Option<&str>) -> Result<Prepared, Vec<ServerError>> {
        let document = async_graphql::parser::parse_query(text)
            .map_err(|error| vec![coded(ServerError::from(error), Code::ParseFailed)])?;
        // The outline bounds the document before anything else walks it.
        self.outline(&document, name).map_err(|error| vec![error])?;
        let mut errors = (self.validate)(&document, name);
        errors.extend(literals::problems(&self.catalogue, &document));
        if !errors.is_empty() {
            return Err(errors.into_iter().map(|error| coded(error, Code::ValidationFailed)).collect());
        }
        let simple = normalised(&self.catalogue, &document, name).ok_or(OutlineError::NoSuchOperation);
        let outline = simple.and_then(|simple| Ok((Outline::of(&self.catalogue, &simple, None)?, simple)));
        let (outline, simple) = outline.map_err(|error| vec![invalid(error)])?;
        let outline = outline.within(self.deadline, &self.policies);
        let outline = if self.masks { outline } else { outline.without_masks() };
        let outline = if self.hoisting { outline } else { outline.without_hoisting() };
        Ok(Prepared::new(simple, outline))
    }

    fn outline(&self, document: &ExecutableDocument, name: Option<&str>) -> Result<Outline, ServerError> {
        let outline = Outline::of(&self.catalogue, document, name).map_err(invalid)?;
        if outline.depth() > self.depth {
            let (depth, limit) = (outline.depth(), self.depth);
            let text = format!("The operation nests {depth} fields deep; {limit} is the limit.");
            return Err(refusal(Code::ValidationFailed, text));
        }
        Ok(outline)
    }
}

fn invalid(error: OutlineError) -> ServerError {
    refusal(Code::ValidationFailed, error.to_string())
}
