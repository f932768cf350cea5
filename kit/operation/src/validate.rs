//! Validation of documents by the rules of the GraphQL specification (September 2025, §5), in time proportional to
//! their length.
//!
//! The implementation is the project's own, over the [`SchemaIndex`]. That of async-graphql accepts fields that cannot
//! be merged and variables in positions of another type, and reports errors in documents that are valid.
//! `tests/language` compares the verdicts and the positions of the errors with those of graphql-js.

mod directives;
mod fields;
mod fragments;
mod introspection;
mod merge;
mod names;
mod values;
mod variables;

use async_graphql::Pos;

use super::document::{Document, Spread};
use crate::schema::SchemaIndex;

use values::Usage;

/// Number of errors after which further errors suggest no name.
const MOST_MEANT: usize = 10;

/// Maximum length of a name that gets a suggestion, in bytes.
const LONGEST_MEANT: usize = 32;

/// Validation error of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Invalid {
    /// Message of one sentence, with the names of the schema and of the client in quotes.
    pub message: String,
    /// Positions of the error; the place to correct comes first.
    pub locations: Vec<Pos>,
}

/// Returns all validation errors of a document, in document order. `introspection` is true if the document may query
/// the schema itself.
pub(crate) fn problems(schema_index: &SchemaIndex, document: &Document, introspection: bool) -> Vec<Invalid> {
    let mut validator = Validator {
        schema_index,
        document,
        introspection,
        problems: Vec::new(),
        usages: Vec::new(),
        spreads: Vec::new(),
    };
    validator.names();
    let operations: Vec<_> = document.operations.iter().map(|it| validator.operation(it)).collect();
    let fragments: Vec<_> = document.fragments.iter().map(|it| validator.fragment(it)).collect();
    let used = validator.used_fragments(&operations, &fragments);
    validator.cycles(&fragments);
    validator.variables(&operations, &fragments);
    validator.introspection_depth();
    validator.merged(&used);
    let mut problems = validator.problems;
    problems.sort_by_key(|problem| problem.locations.first().map(|at| (at.line, at.column)));
    problems
}

struct Validator<'a> {
    schema_index: &'a SchemaIndex,
    document: &'a Document,
    introspection: bool,
    problems: Vec<Invalid>,
    /// Uses of variables in the current operation or fragment.
    usages: Vec<Usage<'a>>,
    /// Fragment spreads in the current operation or fragment.
    spreads: Vec<&'a Spread>,
}

/// Direct references of an operation or fragment, without those of the fragments it spreads.
struct References<'a> {
    usages: Vec<Usage<'a>>,
    spreads: Vec<&'a Spread>,
}

impl Validator<'_> {
    /// Returns the end of an error message about an unknown name, with the nearest known name as a suggestion. A
    /// suggestion is made only if introspection reveals the names anyway, and only in the first errors, because
    /// comparing names takes time.
    fn meant<'n>(&self, name: &str, known: impl IntoIterator<Item = &'n String>) -> String {
        if !self.introspection || self.problems.len() >= MOST_MEANT || name.len() > LONGEST_MEANT {
            return ".".to_owned();
        }
        let distance = |known: &'n String| (strsim::damerau_levenshtein(name, known), known);
        let nearest = known.into_iter().map(distance).min();
        match nearest.filter(|(distance, _)| *distance <= 1 + name.len() / 4) {
            Some((_, nearest)) => format!("; did you mean \"{nearest}\"?"),
            None => ".".to_owned(),
        }
    }

    fn wrong(&mut self, at: Pos, message: impl Into<String>) {
        self.wrong_at(vec![at], message);
    }

    fn wrong_at(&mut self, locations: Vec<Pos>, message: impl Into<String>) {
        self.problems.push(Invalid { message: message.into(), locations });
    }
}

#[cfg(test)]
mod tests;
