//! What a schema says beyond its types: which fields ask which services, and what each field reads.

mod catalogue;
mod directives;
mod scalars;
mod sdl;

pub use catalogue::{Argument, BoundInfo, Catalogue, FieldInfo, StepInfo, StepKind};
pub(crate) use catalogue::{Kind, base_name};
pub use directives::{Bound, Steps, ask, bounds, bytes, fetches, hoist, items, reads, send};
pub(crate) use scalars::Scalars;
pub use sdl::{internal_sdl, public_sdl};
