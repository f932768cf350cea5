//! Fetches data from gRPC services for requests, without knowing GraphQL, HTTP or any one service.
//!
//! A fetch is a type: its value is the key, and its [`Fetch`] implementation names the RPC and turns a batch of keys
//! into one call. [`Fetches`] holds the loaders of one request and sends the keys of a [`Slot`] together, with the
//! slot's read mask and the policies, deadline and credentials of the request's [`CallContext`].
//!
//! ```
//! use fetch::{BatchResult, Call, Fetch, Rpc};
//!
//! #[derive(Clone, PartialEq, prost::Message)]
//! struct BatchGetPricesRequest {
//!     #[prost(string, repeated, tag = "1")]
//!     product_ids: Vec<String>,
//! }
//!
//! #[derive(Clone, PartialEq, prost::Message)]
//! struct BatchGetPricesResponse {
//!     #[prost(map = "string, int64", tag = "1")]
//!     cents: std::collections::HashMap<String, i64>,
//! }
//!
//! /// The price of a product.
//! #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
//! struct PriceOf(String);
//!
//! impl Fetch for PriceOf {
//!     const NAME: &'static str = "PriceOf";
//!     const RPC: Rpc = Rpc::read("shop.pricing.v1.PricingService/BatchGetPrices");
//!     const MAX_KEYS: usize = 100;
//!     const KEYS: &'static str = "product_ids";
//!     const READS: &'static [&'static str] = &["cents"];
//!     type Value = i64;
//!
//!     async fn batch(keys: &[Self], call: Call<'_>) -> BatchResult<Self> {
//!         let product_ids = keys.iter().map(|PriceOf(id)| id.clone()).collect();
//!         let by_key = |response: BatchGetPricesResponse| {
//!             response.cents.into_iter().map(|(id, cents)| (PriceOf(id), Ok(cents)))
//!         };
//!         call.batch(keys, BatchGetPricesRequest { product_ids }, by_key).await
//!     }
//! }
//!
//! assert_eq!(PriceOf::NAME, "PriceOf");
//! assert_eq!(PriceOf::RPC.service(), "shop.pricing.v1.PricingService");
//! ```
//!
//! Next: [`Fetch`] and [`Command`] for calls of your own, [`Policies`] and [`PolicyTable`] for their timeouts,
//! [`Services`] for connections, and [`UpstreamError`] for failures. Within the crate, `fetches` collects keys into
//! batches, `idle` detects when a batch is complete, `sharing` loads public keys for all requests, `fetch/call` makes
//! each call, `upstream` takes it to the service through retries, hedges and breakers, and `wire` tells the status of a
//! service from one that the client library made up.

mod command;
mod credentials;
mod enforcement;
mod error;
mod fetch;
mod fetches;
mod idle;
mod log;
mod observer;
mod ordered;
mod page;
mod policies;
mod shared;
mod sharing;
mod tags;
mod upstream;
mod wire;

pub use command::Command;
pub use credentials::{Authorized, Authorizing, CallCredentials, CallMetadata};
pub use enforcement::Enforcement;
pub use error::{FailureKind, FieldViolation, UpstreamError};
pub use fetch::{
    BatchResult, Call, CallContext, Changes, Fetch, Fetched, KeptFresh, Keyed, Observed, ObservedCall, Stale,
    check,
};
pub use fetches::{Fetches, Undeclared};
pub use log::SampledLog;
pub use observer::{CallEnd, Decision, Observer};
pub use page::Page;
pub use policies::PolicyTable;
pub use tags::Tags;
pub use upstream::{Services, Upstream, Upstreams};

pub use bff_macros::{Command, Fetch};
pub use rpc::{
    Batch, Brownout, Encoded, EntityIds, FromField, Idempotency, KeyError, Many, Mask, Method, PageMessage,
    PageRequest, PageTokens, Policies, Policy, Reasons, Rpc, Single, Slot, ToField, ids, max_keys,
};
