//! One operation of a client: what it asks of the services, worked out before it runs.

mod outline;

pub(crate) use outline::Place;
pub use outline::{Outline, OutlineError};
