//! The request and the place of a field, as functions over messages see them.

use std::sync::Arc;

use async_graphql::{Context, QueryPathNode};
use operation::path::segments;

use crate::error::Error;
use crate::scope::RequestScope;

/// The request that a field is part of, and the field's place in the answer: what a function over messages may take as `ctx`.
/// It runs in a resolver, and in a program that runs without resolvers.
pub trait Reading {
    /// Returns the scope of the request that this field is part of.
    fn scope(&self) -> &RequestScope;

    /// Returns the place of the field in the answer.
    fn place(&self) -> Option<&QueryPathNode<'_>>;

    /// Returns a service's value for a field that may be null. A value that is not known leaves null and an entry of
    /// `extensions.degraded`. [`value`](crate::value) tells which values are known.
    fn known<T>(&self, said: Option<T>) -> Option<T> {
        if said.is_none() {
            self.scope().unknown(self.place());
        }
        said
    }

    /// Returns a service's value for a field that may not be null. A value that is not known is an error.
    fn required<T>(&self, said: Option<T>) -> Result<T, Error> {
        said.ok_or_else(|| {
            self.located(Error::internal("a service sent no value, or one that is not known here"))
        })
    }

    /// Records in the error the field of the answer at which it happened.
    #[must_use]
    fn located(&self, error: Error) -> Error {
        error.at(|| segments(self.place()))
    }
}

impl Reading for Context<'_> {
    fn scope(&self) -> &RequestScope {
        self.data_unchecked::<Arc<RequestScope>>()
    }

    fn place(&self) -> Option<&QueryPathNode<'_>> {
        self.path_node.as_ref()
    }
}

/// Returns the user that the request is about; `None` if nobody is signed in. The answer then depends on the principal.
#[must_use]
pub fn user(ctx: &impl Reading) -> Option<Arc<str>> {
    ctx.scope().principal().user()
}
