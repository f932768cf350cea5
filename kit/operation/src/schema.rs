//! What a schema says of its fields, beyond their types: which calls they lead to, and what each reads.

mod directives;
mod index;
mod scalars;

pub use directives::{DEFINITIONS, NAMES};
pub use index::{Argument, BoundInfo, FieldInfo, SchemaIndex, StepInfo, StepKind};
pub use index::{Kind, base_name};
pub use scalars::Scalars;
