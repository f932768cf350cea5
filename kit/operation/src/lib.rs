//! One operation of a client: its calls to the services, worked out before it runs.
//!
//! Every function here depends on a text, a schema and a policy table alone: the crate does no I/O and never waits.

mod call_graph;
mod code;
mod conditions;
mod document;
mod error;
mod guard;
mod hash;
mod limits;
mod literal;
mod name;
mod normalise;
mod parse;
pub mod path;
mod plan;
mod prepare;
mod prepared;
mod print;
mod problem;
mod release;
pub mod schema;
mod tokens;
mod validate;
mod variables;
mod variants;

pub use call_graph::{CallGraph, NodeRef};
pub use code::Code;
pub use document::Document;
pub use error::{at_places, request_error};
pub use guard::Guard;
pub use hash::document_hash;
pub use limits::{Limit, Limits};
pub use name::loggable_name;
pub use normalise::{Failing, NULL_CONDITION, NullCause};
pub use parse::{SyntaxError, parse};
pub use plan::{
    Cache, CacheScope, Consequence, Count, Failure, FailureMode, FieldSize, Outcome, Plan, PlanLine,
    PlanPart, PlanSection, PlanText, PlannedCall, Repeat, Total, Wave,
};
pub use prepare::Preparer;
pub use prepared::Prepared;
pub use print::print;
pub use problem::{NoPlan, Problem};
pub use release::{ManifestError, ManifestFormat, Release, ReleasedOperation, Releases, write_manifest};
pub use tokens::TokenHash;
pub use variables::BadVariable;
