//! The methods of the kit for resolvers.

use std::future::Future;

use async_graphql::Context;
use fetch::{Command, Fetch};

use crate::error::Error;
use crate::reading::Reading;

/// Methods of a resolver's context: fetches and commands.
pub trait ContextExt: Reading {
    /// Fetches the value of a key from a service. The field must declare the fetch with `@fetch`. The key is batched
    /// with all other keys of the same fetch that become known together.
    fn fetch<F: Fetch>(&self, key: F) -> impl Future<Output = Result<F::Value, Error>> + Send;

    /// Fetches the values of several keys from a service at once. The results come in the order of the keys.
    fn fetch_all<F: Fetch>(
        &self,
        keys: impl IntoIterator<Item = F> + Send,
    ) -> impl Future<Output = Vec<Result<F::Value, Error>>> + Send;

    /// Sends a command to a service: one call, made now.
    fn send<C: Command>(&self, command: C) -> impl Future<Output = Result<C::Value, Error>> + Send;

    /// Sends a command to a service without waiting for it. The outcome is logged and does not reach the answer.
    fn send_later<C: Command>(&self, command: C);

    /// Makes a field optional: the failure of a service becomes `None` and an entry of `extensions.degraded`. Only bad
    /// input, which the client can correct, stays an error.
    fn optional<T>(&self, result: Result<T, Error>) -> Result<Option<T>, Error>;
}

impl ContextExt for Context<'_> {
    async fn fetch<F: Fetch>(&self, key: F) -> Result<F::Value, Error> {
        self.scope().fetch(self.path_node.as_ref(), key).await
    }

    async fn fetch_all<F: Fetch>(
        &self,
        keys: impl IntoIterator<Item = F> + Send,
    ) -> Vec<Result<F::Value, Error>> {
        let keys: Vec<_> = keys.into_iter().map(|key| self.fetch(key)).collect();
        futures_util::future::join_all(keys).await
    }

    async fn send<C: Command>(&self, command: C) -> Result<C::Value, Error> {
        self.scope().send(self.path_node.as_ref(), command).await
    }

    fn send_later<C: Command>(&self, command: C) {
        self.scope().send_later(self.path_node.as_ref(), command);
    }

    fn optional<T>(&self, result: Result<T, Error>) -> Result<Option<T>, Error> {
        self.scope().optional(self.path_node.as_ref(), result)
    }
}
