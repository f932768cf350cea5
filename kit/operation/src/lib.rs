//! One operation of a client: its calls to the services, worked out before it runs.
//!
//! Every function here depends on a text, a schema and a policy table alone: the crate does no I/O and never waits.
//!
//! ```
//! use std::sync::Arc;
//!
//! use operation::schema::SchemaIndex;
//! use operation::{Limits, Preparer};
//! use rpc::{Policies, Policy, Rpc};
//!
//! const PRICES: Rpc = Rpc::read("shop.pricing.v1.PricingService/BatchGetPrices");
//!
//! let schema = SchemaIndex::of(
//!     r#"
//!     schema { query: Query }
//!     type Query {
//!       price(id: ID!): Price @fetch(steps: [{ name: "PriceOf", kind: FETCH, by: ["argument.id"], keys: 100,
//!         rpc: "shop.pricing.v1.PricingService/BatchGetPrices", reads: ["product_id"],
//!         idempotency: NO_SIDE_EFFECTS, public: true }], fallback: "null")
//!     }
//!     type Price { amount: Int @reads(paths: ["amount"]) }
//!     "#,
//! );
//! let policies = Policies::new().row("PriceOf", PRICES, Policy::within_ms(300));
//! let preparer = Preparer::new("kiosk", schema, Arc::new(policies), Limits::DEFAULT);
//!
//! let plan = preparer.plan("query Two { one: price(id: 1) { amount } two: price(id: 2) { amount } }")?;
//! assert_eq!((plan.total.calls, plan.total.keys), (1, 2));
//! assert_eq!(plan.waves[0].calls[0].reads, ["amount", "product_id"]);
//! # Ok::<(), operation::NoPlan>(())
//! ```
//!
//! Next: [`Preparer`] is the way in, [`Plan`] the way out; [`schema::SchemaIndex`] reads the directives of an SDL, and
//! [`Releases`] holds the operations of manifests.

mod call_graph;
mod code;
mod conditions;
mod declared;
mod document;
mod error;
mod failing;
mod form;
mod guard;
mod hash;
mod limits;
mod literal;
mod name;
mod normalise;
mod overlong;
mod parse;
pub mod path;
mod plan;
mod prepare;
mod prepared;
mod print;
mod problem;
mod program;
mod release;
mod repetition;
mod requirements;
pub mod schema;
mod tokens;
mod validate;
mod variables;
mod variants;

pub use call_graph::{CallGraph, NodeRef};
pub use code::Code;
pub use declared::declaration_problems;
pub use document::Document;
pub use error::{at_places, request_error};
pub use failing::{Failing, FailingCause};
pub use guard::Guard;
pub use hash::document_hash;
pub use limits::{Limit, Limits};
pub use name::loggable_name;
pub use normalise::NULL_CONDITION;
pub use overlong::overlong_lists;
pub use parse::{SyntaxError, parse};
pub use plan::{
    Cache, CacheScope, Consequence, Count, Failure, FailureMode, FieldSize, Outcome, Plan, PlanLine,
    PlanPart, PlanSection, PlanText, PlannedCall, Repeat, Requires, Runs, Total, Wave,
};
pub use prepare::Preparer;
pub use prepared::Prepared;
pub use print::print;
pub use problem::{NoPlan, Problem};
pub use program::{FindRow, NoProgram, Program, ProgramField, ProgramRow, SlotSet};
pub use release::{ManifestError, ManifestFormat, Release, ReleasedOperation, Releases, write_manifest};
pub use requirements::Required;
pub use tokens::TokenHash;
pub use variables::BadVariable;
