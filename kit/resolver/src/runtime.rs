//! The side of a request that its runtime sees: the scope is made for a request, drives its execution, and is read
//! afterwards. Resolvers see none of this.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::{ServerError, Value, Variables};
use operation::Program;

use crate::RequestScope;
use crate::program::{self, Ran, Shown};

pub use crate::error::{MAX_ERRORS, bounded, coded, in_words, server_error};
pub use crate::failing::FailingFields;
pub use crate::scope::Parts;

/// The scope of a request, held by the runtime.
pub struct Running(Arc<RequestScope>);

impl Running {
    /// Makes the scope of a request.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(RequestScope::new(parts)))
    }

    /// Returns the scope, to be given to the execution as data.
    #[must_use]
    pub fn scope(&self) -> Arc<RequestScope> {
        self.0.clone()
    }

    /// Drives an execution to its end, sending batches whenever it can make no progress without them.
    pub async fn drive<F: Future>(&self, execution: F) -> F::Output {
        self.0.fetches.drive(execution).await
    }

    /// Runs a program over the root of the schema.
    pub async fn run<T: Shown>(&self, root: &T, program: &Program, variables: &Variables) -> Ran {
        program::run(root, program, &self.0, variables).await
    }

    /// Returns the errors that count, at the paths of the finished answer and in the order of the document.
    #[must_use]
    pub fn settled(&self, errors: Vec<ServerError>) -> Vec<ServerError> {
        self.0.settled(errors)
    }

    /// Returns `extensions.degraded`; `None` if no field took its fallback.
    #[must_use]
    pub fn degraded(&self) -> Option<Value> {
        self.0.degraded()
    }

    /// Returns the longest delay after which services want to be called again for degraded fields.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after()
    }

    /// Returns the time for which values that depend on the time of the request stay true; `None` if there are none.
    #[must_use]
    pub fn true_for(&self) -> Option<Duration> {
        self.0.true_for()
    }

    /// Returns true if a resolver has read the principal.
    #[must_use]
    pub fn depends_on_principal(&self) -> bool {
        self.0.depends_on_principal()
    }

    /// Returns true if a resolver has read the languages.
    #[must_use]
    pub fn depends_on_languages(&self) -> bool {
        self.0.depends_on_languages()
    }
}
