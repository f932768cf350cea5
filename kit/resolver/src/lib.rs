//! A request as the resolvers of a BFF see it: [`ContextExt`] fetches and sends, [`schema`] declares what a field fetches,
//! [`Error`] and [`Nullable`] decide what the client sees of a failure, and [`Id`], [`Page`] and [`value`] shape values.
//!
//! It knows GraphQL and `fetch`, and neither HTTP nor servers nor settings: `bff-kit` runs it ([`runtime`]), and passes the
//! rest on to the authors of BFFs.
//!
//! ```
//! use std::sync::Arc;
//!
//! use resolver::value::int;
//! use resolver::{Entity, Id, kind_of};
//!
//! struct Product;
//!
//! impl Entity for Product {
//!     const NAME: &'static str = "Product";
//!     type Raw = Arc<str>;
//! }
//!
//! let id = Id::<Product>::new("kettle-01").to_id();
//! assert_eq!(kind_of(&id).as_deref(), Some("Product"));
//! assert_eq!(int(5_000_000_000_u64), None, "an `Int` of GraphQL has 32 bits");
//! ```
//!
//! Next: [`ContextExt`] is what a resolver calls; `bff-iot/src/schema.rs` is the shortest schema that does.

mod blame;
mod change;
mod context;
mod degraded;
mod error;
mod failing;
mod id;
mod language;
mod page;
mod part;
pub mod program;
mod reading;
mod reference;
pub mod runtime;
pub mod schema;
mod scope;
pub mod value;
mod words;

pub use change::{About, Change, Payload, UserError, UserErrorRow, UserErrorTable, change, payload};
pub use context::ContextExt;
pub use error::{ClientError, Error, InternalError, Nullable, OrNull};
pub use fetch::Page;
pub use id::{Entity, Id, kind_of};
pub use identity::{Actor, Principal};
pub use language::Languages;
pub use page::{Connection, Edge, Listed, ListedItems, further, page};
pub use part::{AsArgument, Part};
pub use reading::{Reading, user};
pub use reference::{Loaded, Ref, RefList};
pub use scope::RequestScope;
pub use words::Words;
