//! Limits on the size and cost of a document, checked before anything else walks it. Each measurement takes time in
//! proportion to the length of the document.

mod cost;
mod document;
mod text;

use std::sync::atomic::{AtomicU64, Ordering};

use async_graphql::{ServerError, Variables};

use super::CallGraph;
use super::call_graph::MAX_SELECTIONS;
use super::document::Document;
use super::parse::MAX_BRACKETS;
use crate::code::Code;
use crate::error::request_error;
use crate::limits::{Limit, Limits};

/// Checks documents against the limits of a client.
#[derive(Debug)]
pub struct Guard {
    limits: Limits,
    report_only: Vec<Limit>,
    exceeded: [AtomicU64; Limit::ALL.len()],
}

type Checked<T = ()> = Result<T, Vec<ServerError>>;

impl Guard {
    /// Creates a guard with these limits. A limit in `report_only` is logged and counted when a document exceeds it,
    /// but causes no request error.
    #[must_use]
    pub fn new(limits: Limits, report_only: Vec<Limit>) -> Self {
        Self { limits, report_only, exceeded: Default::default() }
    }

    /// Checks the limits that must hold before the text is parsed.
    pub(super) fn text(&self, text: &str) -> Checked {
        self.within(&[(Limit::Bytes, text.len() as u64)])?;
        let size = text::measure(text);
        if size.nesting > MAX_BRACKETS {
            return too_large("brackets", "nested brackets", size.nesting, MAX_BRACKETS);
        }
        self.within(&[(Limit::Tokens, size.tokens)])
    }

    /// Checks the limits that must hold before the document is validated.
    pub(super) fn document(&self, document: &Document) -> Checked {
        let size = document::measure(document).map_err(|document::TooDeep| {
            let text = "The operation nests too deep with its fragments written out.";
            vec![request_error(Code::OperationTooLarge, text)]
        })?;
        self.within(&[
            (Limit::Depth, size.depth),
            (Limit::Selections, size.selections),
            (Limit::Aliases, size.aliases),
            (Limit::RootFields, size.root_fields),
            (Limit::Directives, size.directives),
        ])?;
        // Later stages expand the fragments, so a bound must hold even if the limit is only reported.
        let most = MAX_SELECTIONS as u64;
        if size.selections > most {
            return too_large("selections", describe(Limit::Selections), size.selections, most);
        }
        Ok(())
    }

    /// Checks the limits that do not depend on variables. Returns true if the cost depends on variables and may exceed
    /// its limit, so that [`Self::variables`] has to check it.
    pub(super) fn operation(&self, call_graph: &CallGraph) -> Checked<bool> {
        let most = cost::at_most(call_graph);
        if most > self.limits.cost && cost::depends(call_graph) {
            return Ok(true);
        }
        self.within(&[(Limit::Cost, most)]).map(|()| false)
    }

    /// Checks the limits that depend on variables, which must be coerced.
    pub(super) fn variables(&self, call_graph: &CallGraph, variables: &Variables) -> Checked {
        self.within(&[(Limit::Cost, cost::with(call_graph, variables))])
    }

    /// Returns the number of times each limit was exceeded since the start.
    pub fn exceeded(&self) -> impl Iterator<Item = (Limit, u64)> {
        let counts = self.exceeded.iter().map(|count| count.load(Ordering::Relaxed));
        Limit::ALL.into_iter().zip(counts)
    }

    fn within(&self, measured: &[(Limit, u64)]) -> Checked {
        let mut errors = Vec::new();
        for &(limit, measured) in measured {
            let (name, bound) = (limit.as_str(), self.limits.of(limit));
            if measured <= bound {
                continue;
            }
            self.exceeded[limit as usize].fetch_add(1, Ordering::Relaxed);
            if self.report_only.contains(&limit) {
                tracing::warn!(
                    limit = name,
                    measured,
                    bound,
                    "an operation over the limit {name} runs: {measured} of {bound}"
                );
            } else {
                errors.push(exceeded(name, describe(limit), measured, bound));
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }
}

fn too_large(name: &str, what: &str, measured: u64, bound: u64) -> Checked {
    Err(vec![exceeded(name, what, measured, bound)])
}

fn exceeded(name: &str, what: &str, measured: u64, bound: u64) -> ServerError {
    request_error(
        Code::OperationTooLarge,
        format!("The operation comes to {measured} {what}; {bound} is the limit ({name})."),
    )
}

/// Returns the name of the measured quantity for an error message.
fn describe(limit: Limit) -> &'static str {
    match limit {
        Limit::Bytes => "bytes",
        Limit::Depth => "fields within fields",
        Limit::Tokens => "tokens",
        Limit::Selections => "selections, fragments written out",
        Limit::Aliases => "aliases",
        Limit::RootFields => "root fields",
        Limit::Directives => "directives",
        Limit::Cost => "fields in the answer",
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    const TIGHT: Limits = Limits { tokens: 10, selections: 3, aliases: 1, ..Limits::DEFAULT };

    fn document(guard: &Guard, text: &str) -> Vec<String> {
        let document = crate::parse::parse(text).unwrap();
        let errors = guard.document(&document).err().unwrap_or_default();
        errors.into_iter().map(|error| error.message).collect()
    }

    #[test]
    fn errors_name_the_limit_the_measure_and_the_bound() {
        let guard = Guard::new(TIGHT, Vec::new());
        let errors = guard.text("{ a b c d e f g h i j }").unwrap_err();
        assert_eq!(errors[0].message, "The operation comes to 12 tokens; 10 is the limit (tokens).");
        assert_eq!(
            document(&guard, "{ x: a y: b c d }"),
            [
                "The operation comes to 4 selections, fragments written out; 3 is the limit (selections).",
                "The operation comes to 2 aliases; 1 is the limit (aliases).",
            ]
        );
        let deep = format!("{}{}", "{a".repeat(65), "}".repeat(65));
        let errors = Guard::new(Limits::DEFAULT, Vec::new()).text(&deep).unwrap_err();
        assert_eq!(
            errors[0].message,
            "The operation comes to 65 nested brackets; 64 is the limit (brackets)."
        );
    }

    #[test]
    fn an_operation_over_a_reported_limit_runs_and_is_counted() {
        let guard = Guard::new(TIGHT, vec![Limit::Selections]);
        assert_eq!(document(&guard, "{ a b c d }"), [""; 0]);
        assert_eq!(document(&guard, "{ x: a y: b c d }").len(), 1);
        let counts: Vec<_> = guard.exceeded().filter(|(_, count)| *count > 0).collect();
        assert_eq!(counts, [(Limit::Selections, 2), (Limit::Aliases, 1)]);
        let mut bomb = "{ ...F0 }".to_owned();
        for level in 0..20 {
            write!(bomb, " fragment F{level} on Q {{ ...F{0} ...F{0} }}", level + 1).unwrap();
        }
        let errors = document(&guard, &bomb);
        assert!(errors[0].ends_with("10000 is the limit (selections)."), "{errors:?}");
    }
}
