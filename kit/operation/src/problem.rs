//! Everything that is wrong with a document, for those who wrote it.

use std::fmt;

use async_graphql::ServerError;

/// Why a document has no plan: everything that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoPlan(Vec<Problem>);

/// Something that is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line, counted from 1, where it is one's.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
}

impl NoPlan {
    pub(crate) fn of(errors: &[ServerError]) -> Self {
        Self(errors.iter().map(Problem::of).collect())
    }

    /// Everything that is wrong.
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
