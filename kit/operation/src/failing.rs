//! Fields that fail before they run.

use async_graphql::{Name, Pos};

/// A field that fails before it runs, or an object that fails in place of its fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failing {
    /// Response keys from the root to the field or object.
    pub path: Vec<Name>,
    /// Type that has the field.
    pub parent: String,
    /// Part of the document that must not be null.
    pub cause: FailingCause,
    /// Position of the null value, or of the field, in the document.
    pub pos: Pos,
}

/// The reason why a field fails before it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FailingCause {
    /// The argument with this name, or a value within it, is null and must not be.
    NullArgument(Name),
    /// A condition of a selection on the object is null and must not be. The object fails, unless it is null anyway.
    NullCondition,
    /// The field requires something, and nobody is signed in.
    Unauthenticated,
    /// The field requires what the principal does not have.
    Forbidden,
}
