//! Whether a document means something: the rules of the GraphQL specification (September 2025, §5), in time that
//! grows with its length.
//!
//! The rules are the project's own, over the schema as the kit knows it. async-graphql's pass fields that cannot be
//! merged and variables in positions of another type, and refuse documents that are valid. `tests/language` holds
//! the verdicts, and where the errors stand, against those of graphql-js.

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

/// Errors that say what may have been meant.
const MOST_MEANT: usize = 10;

/// Bytes of a name that is compared to others.
const LONGEST_MEANT: usize = 32;

/// Something that is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Invalid {
    /// One sentence. Names, the schema's own as well as the client's, stand in quotes.
    pub message: String,
    /// Where, the place that is to be mended first.
    pub locations: Vec<Pos>,
}

/// Everything that is wrong with a document, in the order in which it stands there. `introspection` says whether it
/// may ask the schema about itself.
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
    /// Where the operation or fragment that is walked uses variables.
    usages: Vec<Usage<'a>>,
    /// The fragments it spreads.
    spreads: Vec<&'a Spread>,
}

/// What an operation or fragment refers to, fragments within fragments aside.
struct References<'a> {
    usages: Vec<Usage<'a>>,
    spreads: Vec<&'a Spread>,
}

impl Validator<'_> {
    /// What may have been meant by a name that is none, as the end of a sentence. Told where the schema may be known
    /// anyway, and of the first errors alone: comparing names takes time.
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
