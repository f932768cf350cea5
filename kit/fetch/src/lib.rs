//! Asking gRPC services for the length of one request.
//!
//! A question is a type: its value is the key, its [`Fetch`] implementation says which RPC answers it and how
//! a batch of keys becomes one call. [`Fetches`] holds the loaders of one request; everything else (which call
//! may take how long, what is read of an answer, who is asking) comes from the request's [`CallContext`].
//!
//! This crate knows neither GraphQL nor HTTP nor any particular service.

mod address;
mod answers;
mod call;
mod channels;
mod command;
mod enforcement;
mod fault;
mod fetches;
mod log;
mod observer;
mod page;
mod policies;
mod question;
mod settling;
mod tags;
mod tls;
mod wire;

pub use address::{Address, BadAddress};
pub use answers::Answers;
pub use call::{Call, CallContext, Observed, ObservedCall};
pub use channels::{Channels, Connector, Upstream, Upstreams, tcp};
pub use command::Command;
pub use enforcement::Enforcement;
pub use fault::{Fault, FaultKind, Violation};
pub use fetches::{Fetches, Undeclared};
pub use log::FaultLog;
pub use observer::{CallEnd, Observer};
pub use page::PageTokens;
pub use policies::PolicyTable;
pub use question::{Fetch, Keyed};
pub use tags::Tags;
pub use tls::{Identity, Tls};

pub use rpc::{Effect, Mask, Policies, Policy, Reasons, Rpc, Slot};
