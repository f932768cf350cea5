//! What a schema says beyond its types: which fields ask which services, and what each field reads.

mod catalogue;
mod directives;
mod sdl;

pub use catalogue::{Catalogue, FieldInfo, StepInfo, StepKind};
pub use directives::{Steps, ask, fetches, reads, send};
pub use sdl::{internal_sdl, public_sdl};
