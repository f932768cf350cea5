//! One operation of a client: what it asks of the services, worked out before it runs.

mod conditions;
mod document;
mod guard;
mod literal;
mod normalise;
mod outline;
mod parse;
mod plan;
mod prepare;
mod prepared;
mod print;
mod tokens;
mod validate;
mod variables;
mod variants;

pub(crate) use document::Document;
pub(crate) use guard::Guard;
pub(crate) use normalise::{Failing, NULL_CONDITION, NullCause};
pub use outline::Outline;
pub(crate) use outline::Place;
pub(crate) use parse::{SyntaxError, parse};
pub use plan::{
    Cache, CacheScope, Consequence, Count, Failure, Fault, FieldSize, Outcome, Plan, PlannedCall, Repeat,
    Total, Wave,
};
pub(crate) use prepare::Preparer;
pub(crate) use prepared::Prepared;
#[cfg(test)]
pub(crate) use prepared::prepared_for_tests;
pub(crate) use print::print;
pub(crate) use tokens::TokenHash;
pub(crate) use variables::BadVariable;
