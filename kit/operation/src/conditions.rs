//! The directives that decide whether a selection applies: `@skip` and `@include`. No other module reads them.

use async_graphql::{Pos, Variables};
use async_graphql_value::ConstValue;

use super::document::{Directive, Document, Field, Literal, Selection, SelectionSet};

/// Values of the variables, as far as they are known when conditions are read.
#[derive(Clone, Copy, Debug)]
pub(super) enum Conditions<'a> {
    /// No variable is known: a selection that a variable decides on applies.
    Open,
    /// All variables are known, and coerced.
    Decided(&'a Variables),
}

/// Position of a condition that is null, which it may not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NullCondition(pub(super) Pos);

impl Conditions<'_> {
    /// Returns true if a selection with these directives applies; an error if a condition is null.
    pub(super) fn include(self, directives: &[Directive]) -> Result<bool, NullCondition> {
        for (name, wanted) in [("skip", false), ("include", true)] {
            let condition =
                directives.iter().find(|it| it.name.node == name).and_then(|it| it.argument("if"));
            let Some(condition) = condition else { continue };
            let value = match (&condition.literal, self) {
                (Literal::Boolean(value), _) => *value,
                (Literal::Variable(_), Conditions::Open) => wanted,
                (Literal::Variable(variable), Conditions::Decided(variables)) => {
                    match variables.get(variable) {
                        Some(ConstValue::Boolean(value)) => *value,
                        _ => return Err(NullCondition(condition.pos)),
                    }
                }
                _ => return Err(NullCondition(condition.pos)),
            };
            if value != wanted {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Returns the variables that decide whether selections of a document apply, each once.
pub(super) fn deciding(document: &Document) -> Vec<&str> {
    fn of_set<'a>(set: &'a SelectionSet, found: &mut Vec<&'a str>) {
        for selection in &set.items {
            for directive in selection.directives().iter().filter(|it| is_condition(it)) {
                if let Some(Literal::Variable(name)) = directive.argument("if").map(|it| &it.literal) {
                    found.push(name);
                }
            }
            match selection {
                Selection::Field(Field { selections: Some(set), .. }) => of_set(set, found),
                Selection::Inline(fragment) => of_set(&fragment.selections, found),
                Selection::Field(_) | Selection::Spread(_) => {}
            }
        }
    }
    let mut found = Vec::new();
    document.operations.iter().for_each(|it| of_set(&it.selections, &mut found));
    document.fragments.iter().for_each(|it| of_set(&it.selections, &mut found));
    found.sort_unstable();
    found.dedup();
    found
}

/// Returns true for `@skip` and `@include`, which are no part of the document that runs.
pub(super) fn is_condition(directive: &Directive) -> bool {
    matches!(directive.name.node.as_str(), "skip" | "include")
}
