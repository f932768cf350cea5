//! The declarations of a schema beyond its types: the calls behind each field, the parts of a message that it
//! reads, and what a principal must bring to use it.

mod directives;

pub use directives::{
    Bound, Requirement, Steps, bounds, bytes, fetch, fetches, hoist, items, reads, requires, scopes, send,
    signed_in,
};
