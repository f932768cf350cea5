//! The way in which an operation runs: as a program, or by resolvers.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::program::NoProgram;

/// Way in which an operation runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Runs {
    /// As a program.
    Program,
    /// By the resolvers of its fields, for this reason.
    Resolvers(NoProgram),
}

/// Writes `as a program`, or `by resolvers` with the reason.
impl fmt::Display for Runs {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Program => formatter.write_str("as a program"),
            Self::Resolvers(reason) => write!(formatter, "by resolvers: {reason}"),
        }
    }
}

impl Serialize for Runs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
