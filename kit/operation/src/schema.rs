//! Schema information about fields, beyond their types: the calls behind each field, the paths it reads, and what
//! it requires of a principal.

mod directives;
mod index;
mod scalars;

pub use directives::{DEFINITIONS, NAMES};
pub use index::{Argument, BoundInfo, FieldInfo, Requirement, SchemaIndex, StepInfo, StepKind};
pub use index::{Kind, base_name, camel_case};
pub use scalars::Scalars;
