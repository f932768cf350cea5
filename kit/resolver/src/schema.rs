//! The declarations of a schema beyond its types: the calls behind each field, and the parts of a message that it
//! reads.

mod directives;

pub use directives::{Bound, Steps, bounds, bytes, fetch, fetches, hoist, items, reads, send};
