//! Schema information about fields, beyond their types: the calls behind each field, and the paths it reads.

mod directives;
mod index;
mod scalars;

pub use directives::{DEFINITIONS, NAMES};
pub use index::{Argument, BoundInfo, FieldInfo, SchemaIndex, StepInfo, StepKind};
pub use index::{Kind, base_name};
pub use scalars::Scalars;
