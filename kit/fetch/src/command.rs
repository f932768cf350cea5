//! The trait that every command to a service implements.

use std::future::Future;

use crate::{Call, Rpc, UpstreamError};

/// A change that a service makes, such as "write this review". A command is one call, never batched and never shared.
///
/// [`derive@crate::Command`] implements the trait from the contract of an RPC.
pub trait Command: Send + Sized + 'static {
    /// Name of the command, as plans and policies show it: the name of the type. It is unique among the calls of a BFF.
    const NAME: &'static str;

    /// The RPC that carries out the command.
    const RPC: Rpc;

    /// Fields of the request that have another name for the client, such as `("page_token", "after")`: a field
    /// violation of the first is reported as one of the second.
    const ALIASES: &'static [(&'static str, &'static str)] = &[];

    /// The value that the command returns.
    type Value: Send + 'static;

    /// Calls the RPC once.
    fn send(self, call: Call<'_>) -> impl Future<Output = Result<Self::Value, UpstreamError>> + Send;
}
