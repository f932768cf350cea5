//! Asking gRPC services for the length of one request.
//!
//! A question is a type: its value is the key, its [`Fetch`] implementation says which RPC answers it and how
//! a batch of keys becomes one call. [`Fetches`] holds the loaders of one request; everything else (which call
//! may take how long, what is read of an answer, who is asking) comes from the request's [`CallContext`].
//!
//! This crate knows neither GraphQL nor HTTP nor any particular service.

mod address;
mod channels;
mod command;
mod enforcement;
mod error;
mod fetch;
mod fetches;
mod idle;
mod log;
mod observer;
mod page;
mod policies;
mod tags;
mod tls;
mod wire;

pub use address::{Address, BadAddress};
pub use channels::{Channels, Connector, Upstream, Upstreams, tcp};
pub use command::Command;
pub use enforcement::Enforcement;
pub use error::{FailureKind, FieldViolation, UpstreamError};
pub use fetch::{BatchResult, Call, CallContext, Fetch, Keyed, Observed, ObservedCall};
pub use fetches::{Fetches, Undeclared};
pub use log::SampledLog;
pub use observer::{CallEnd, Observer};
pub use page::PageTokens;
pub use policies::PolicyTable;
pub use tags::Tags;
pub use tls::{Identity, Tls};

pub use rpc::{Idempotency, Mask, Policies, Policy, Reasons, Rpc, Slot};
