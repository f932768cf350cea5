//! What a schema says of its fields, beyond their types: which calls they lead to, and what each reads.

mod catalogue;
mod directives;
mod scalars;

pub use catalogue::{Argument, BoundInfo, Catalogue, FieldInfo, StepInfo, StepKind};
pub use catalogue::{Kind, base_name};
pub use directives::{DEFINITIONS, NAMES};
pub use scalars::Scalars;
