//! The runtime of a GraphQL backend-for-frontend.
//!
//! A BFF describes its client by implementing [`Client`]: a schema, a table of policies, a way to sign in,
//! limits. The kit does the rest: the command line ([`run`]), configuration, the server, GraphQL over HTTP,
//! request-scoped batching of calls, read masks, errors, identifiers and pages. It knows no shop and no client.

mod any_client;
mod blame;
mod cli;
mod client;
mod clock;
pub mod config;
mod context;
mod error;
mod executor;
mod gateway;
mod health;
mod http;
mod id;
pub mod identity;
mod language;
pub mod log;
pub mod metrics;
mod mode;
mod operation_policy;
mod page;
mod peer;
mod preparer;
mod reference;
mod registry;
mod reload;
pub mod schema;
mod scope;
mod server;
pub mod value;

pub use allocator::Allocator;
pub use cli::{EXIT_USAGE, listen, run, stop_signal};
pub use client::{Client, ClientSchema, schema};
pub use clock::Clock;
pub use context::ContextExt;
pub use error::{ClientError, Error, InternalError, Nullable, OrNull};
pub use health::Admin;
pub use id::{Entity, Id, kind_of};
pub use language::Languages;
pub use operation_policy::{AutomaticQueries, DocumentPolicy, OperationPolicy};
pub use page::{Connection, Edge, Page};
pub use preparer::{preparer, server_preparer};
pub use reference::{Loaded, Ref, RefList};
pub use reload::Reload;
pub use scope::RequestScope;
pub use server::{PeerAddress, Server};

pub use operation::{Code, Limit, Limits};
