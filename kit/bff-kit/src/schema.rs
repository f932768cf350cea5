//! What a schema says beyond its types: which fields ask which services, and what each field reads.

mod directives;
mod sdl;

pub use directives::{Bound, Steps, bounds, bytes, fetch, fetches, hoist, items, reads, send};
pub use sdl::{internal_sdl, public_sdl};
