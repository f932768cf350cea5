//! One operation of a client: what it asks of the services, worked out before it runs.

mod outline;
mod plan;

pub(crate) use outline::Place;
pub use outline::{Outline, OutlineError};
pub use plan::{
    Cache, CacheScope, Consequence, Count, Failure, Fault, FieldSize, Outcome, Plan, PlannedCall, Repeat,
    Total, Wave,
};
