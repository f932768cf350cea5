//! The trait every change asked of a service implements.

use std::fmt::Debug;
use std::future::Future;

use crate::{Call, Rpc, UpstreamError, fetch::short_name};

/// A change asked of a service, such as "write this review". It is one call, never batched and never shared.
pub trait Command: Debug + Send + Sized + 'static {
    /// The RPC that carries it out.
    const RPC: Rpc;

    /// Fields of the request that go by another name with whoever asks, such as `("page_token", "after")`: what a
    /// service says of one is told of the other.
    const ALIASES: &'static [(&'static str, &'static str)] = &[];

    /// What it is answered with.
    type Value: Send + 'static;

    /// Calls the RPC once.
    fn send(self, call: Call<'_>) -> impl Future<Output = Result<Self::Value, UpstreamError>> + Send;

    /// The name of the type, as plans and policies show it.
    #[must_use]
    fn name() -> &'static str {
        short_name(std::any::type_name::<Self>())
    }
}
