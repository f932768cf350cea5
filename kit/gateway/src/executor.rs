//! Execution of operations over the schema of any client.

use async_graphql::{Request, Response};
use futures_util::future::BoxFuture;

/// Executes operations over the schema of a client.
pub trait Execute: Send + Sync {
    /// Executes an operation. If `has_failing`, the fields that the scope of the request lists fail before they run.
    fn execute(&self, request: Request, has_failing: bool) -> BoxFuture<'_, Response>;
}
