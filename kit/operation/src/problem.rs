//! Problems of a document, for its authors.

use std::fmt;

use async_graphql::ServerError;

/// All problems of a document that has no plan because of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoPlan(Vec<Problem>);

/// A problem of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Line of the problem, counted from 1; `None` if it has no line.
    pub line: Option<usize>,
    /// Description of the problem.
    pub message: String,
}

impl NoPlan {
    pub(crate) fn of(errors: &[ServerError]) -> Self {
        Self(errors.iter().map(Problem::of).collect())
    }

    /// Returns all problems.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.0
    }
}

impl Problem {
    pub(crate) fn of(error: &ServerError) -> Self {
        Self { line: error.locations.first().map(|at| at.line), message: error.message.clone() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(formatter, "line {line}: ")?;
        }
        formatter.write_str(&self.message)
    }
}

impl fmt::Display for NoPlan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problems: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        formatter.write_str(&problems.join("; "))
    }
}

impl std::error::Error for NoPlan {}
