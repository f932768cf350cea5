//! What a resolver can do.

use std::future::Future;

use async_graphql::Context;
use fetch::{Command, Fetch};
use operation::path::segments;

use crate::error::Error;
use crate::scope::RequestScope;

/// What a resolver can do besides answering what it already holds.
pub trait ContextExt {
    /// The request this field is part of.
    fn scope(&self) -> &RequestScope;

    /// Asks a service. The field must declare the question with `@fetch`; it is batched with all others of its
    /// kind whose keys become known together.
    fn fetch<F: Fetch>(&self, key: F) -> impl Future<Output = Result<F::Value, Error>> + Send;

    /// Asks a service several questions of one kind at once. The answers come in the order of the questions.
    fn fetch_all<F: Fetch>(
        &self,
        fetches_: impl IntoIterator<Item = F> + Send,
    ) -> impl Future<Output = Vec<Result<F::Value, Error>>> + Send;

    /// Asks a service to change something. One call, made now.
    fn send<C: Command>(&self, command: C) -> impl Future<Output = Result<C::Value, Error>> + Send;

    /// Asks a service to change something, and does not wait for it. What becomes of it is logged, not answered.
    fn send_later<C: Command>(&self, command: C);

    /// Lets a field stand without an answer it can do without: what a service failed to answer becomes `None`
    /// and an entry of `extensions.degraded`. Only what the client can mend stays an error.
    fn optional<T>(&self, result: Result<T, Error>) -> Result<Option<T>, Error>;

    /// What a service said, for a field that may be null: what is not known leaves null, and an entry of
    /// `extensions.degraded`. [`value`](crate::value) says what is known.
    fn known<T>(&self, said: Option<T>) -> Option<T>;

    /// What a service said, for a field that may not be null: what is not known is an error.
    fn required<T>(&self, said: Option<T>) -> Result<T, Error>;

    /// Notes at which field of the answer an error happened.
    fn located(&self, error: Error) -> Error;
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
        fetches_: impl IntoIterator<Item = F> + Send,
    ) -> Vec<Result<F::Value, Error>> {
        let fetches_: Vec<_> = fetches_.into_iter().map(|key| self.fetch(key)).collect();
        futures_util::future::join_all(fetches_).await
    }

    async fn send<C: Command>(&self, command: C) -> Result<C::Value, Error> {
        let answer = match self.scope().planned::<C>(self.path_node.as_ref()) {
            Ok(until) => self.scope().fetches.command(command, until).await,
            Err(fault) => Err(fault),
        };
        let path = self.path_node.as_ref();
        answer.map_err(|fault| self.scope().blamed(&fault, C::RPC, C::name(), C::ALIASES, path))
    }

    fn send_later<C: Command>(&self, command: C) {
        if self.scope().planned::<C>(self.path_node.as_ref()).is_ok() {
            self.scope().fetches.command_later(command);
        }
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
        said.ok_or_else(|| self.located(Error::internal("a service said nothing, or what is not known here")))
    }

    fn located(&self, error: Error) -> Error {
        error.at(|| segments(self.path_node.as_ref()))
    }
}
