//! The runtime of a GraphQL backend-for-frontend.
//!
//! A BFF implements [`Client`] for a type of its own: a schema, a policy table, a way to sign in, limits. The kit does the
//! rest: the server and its bounds, GraphQL over HTTP, registered operations, plans that bind, request-scoped batches, read
//! masks, errors, ids and pages. It knows no shop and no client.
//!
//! ```
//! use async_graphql::{EmptyMutation, Object};
//! use bff_kit::{AnyClient, AnySignIn, AutomaticQueries, Client, DocumentPolicy, Limits, OperationPolicy, SignInSetup};
//! use bff_kit::host::config::ConfigError;
//! use fetch::Policies;
//!
//! struct Kiosk;
//!
//! #[derive(Default)]
//! struct Query;
//!
//! impl bff_kit::program::Shown for Query {}
//!
//! #[Object]
//! impl Query {
//!     /// A greeting for the person at the kiosk.
//!     async fn greeting(&self) -> &str {
//!         "Welcome"
//!     }
//! }
//!
//! impl Client for Kiosk {
//!     const NAME: &'static str = "bff-kiosk";
//!     const LIMITS: Limits = Limits::DEFAULT;
//!     const OPERATIONS: OperationPolicy =
//!         OperationPolicy { policy: DocumentPolicy::Open, automatic: AutomaticQueries::Never };
//!     type Query = Query;
//!     type Mutation = EmptyMutation;
//!
//!     fn policies() -> Policies {
//!         Policies::new()
//!     }
//!
//!     fn sign_in(setup: &SignInSetup<'_>) -> Result<AnySignIn, ConfigError> {
//!         setup.access_tokens()
//!     }
//! }
//!
//! pub fn client() -> AnyClient {
//!     AnyClient::of::<Kiosk>()
//! }
//!
//! let plan = bff_kit::host::preparer(client()).plan("query Hello { greeting }")?;
//! assert_eq!(plan.total.calls, 0);
//! // `bff_kit::host::run(bff_kiosk::client())` is all that its `main` does.
//! # Ok::<(), operation::NoPlan>(())
//! ```
//!
//! Next: [`schema`] declares the fetches of a field, [`ContextExt`] makes them, [`host`] runs it all; `bff-iot` is the
//! smallest BFF of the shop.

mod any_client;
mod cli;
mod client;
mod config;
mod credentials;
mod executor;
pub mod host;
mod http;
mod log;
mod mode;
mod pem;
mod preparer;
mod reload;
mod sdl;
mod server;
mod sign_in;

pub use ::identity;
pub use any_client::AnyClient;
pub use bff_macros::{Shown, UserErrorTable, mutation, object, payload, values};
pub use client::{Client, RateLimit};
pub use credentials::{AnyCredentialSource, CredentialSetup};
pub use fetch::PageMessage;
pub use mode::Mode;
pub use operation::Limits;
pub use registry::{AutomaticQueries, DocumentPolicy, OperationPolicy};
pub use resolver::{
    About, AsArgument, Change, ClientError, Connection, ContextExt, Edge, Entity, Error, Id, InternalError,
    Languages, Listed, ListedItems, Loaded, Nullable, OrNull, Page, Part, Payload, Principal, Reading, Ref,
    RefList, RequestScope, UserError, UserErrorRow, UserErrorTable, Words, change, further, kind_of, page,
    payload, schema, user, value,
};
pub use sign_in::{AnySignIn, SignInSetup};

/// Types that the rows of `#[object]` and `#[derive(Shown)]` are made of.
pub mod program {
    pub use resolver::program::{
        At, Or, Place, Probe, ProbeLeaf, ProbeObject, ProbeOther, Rows, Run, Shown, Step, Written,
    };
}

/// The crates whose types a BFF meets, in the versions that fit this one.
pub mod external {
    #[doc(no_inline)]
    pub use {::async_graphql, ::fetch, ::http, ::prost, ::tonic};
}
