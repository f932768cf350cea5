//! One operation of a client: what it asks of the services, worked out before it runs.

mod guard;
mod literals;
mod normalise;
mod outline;
mod plan;
mod prepare;
mod prepared;
mod variables;

pub(crate) use guard::Guard;
pub(crate) use outline::Place;
pub use outline::{Outline, OutlineError};
pub use plan::{
    Cache, CacheScope, Consequence, Count, Failure, Fault, FieldSize, Outcome, Plan, PlannedCall, Repeat,
    Total, Wave,
};
pub(crate) use prepare::{Preparer, Validate};
pub(crate) use prepared::Prepared;
#[cfg(test)]
pub(crate) use prepared::prepared_for_tests;
pub(crate) use variables::BadVariable;
