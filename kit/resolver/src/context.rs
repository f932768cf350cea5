//! The methods of the kit for resolvers.

use std::future::Future;
use std::sync::Arc;

use async_graphql::Context;
use fetch::{Command, Fetch};
use operation::path::segments;

use crate::error::Error;
use crate::scope::RequestScope;

/// Methods of a resolver's context: fetches, commands, errors and the scope of the request.
pub trait ContextExt {
    /// Returns the scope of the request that this field is part of.
    fn scope(&self) -> &RequestScope;

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

    /// Returns a service's value for a field that may be null. A value that is not known leaves null and an entry of
    /// `extensions.degraded`. [`value`](crate::value) tells which values are known.
    fn known<T>(&self, said: Option<T>) -> Option<T>;

    /// Returns a service's value for a field that may not be null. A value that is not known is an error.
    fn required<T>(&self, said: Option<T>) -> Result<T, Error>;

    /// Records in the error the field of the answer at which it happened.
    fn located(&self, error: Error) -> Error;
}

/// Returns the user that the request is about; `None` if nobody is signed in. The answer then depends on the principal.
#[must_use]
pub fn user(ctx: &Context<'_>) -> Option<Arc<str>> {
    ctx.scope().principal().user()
}

impl ContextExt for Context<'_> {
    fn scope(&self) -> &RequestScope {
        self.data_unchecked::<std::sync::Arc<RequestScope>>()
    }

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

    fn known<T>(&self, said: Option<T>) -> Option<T> {
        if said.is_none() {
            self.scope().unknown(self.path_node.as_ref());
        }
        said
    }

    fn required<T>(&self, said: Option<T>) -> Result<T, Error> {
        said.ok_or_else(|| {
            self.located(Error::internal("a service sent no value, or one that is not known here"))
        })
    }

    fn located(&self, error: Error) -> Error {
        error.at(|| segments(self.path_node.as_ref()))
    }
}
