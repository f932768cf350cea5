//! Execution of operations over the schema of any client.

use async_graphql::{Request, Response, Variables};
use futures_util::future::BoxFuture;
use operation::Program;
use resolver::program::Ran;
use resolver::runtime::Running;

/// Executes operations over the schema of a client.
pub trait Execute: Send + Sync {
    /// Executes an operation. If `has_failing`, the fields that the scope of the request lists fail before they run.
    fn execute(&self, request: Request, has_failing: bool) -> BoxFuture<'_, Response>;

    /// Runs a program. Its calls are those of `running`.
    fn run<'a>(
        &'a self,
        program: &'a Program,
        running: &'a Running,
        variables: &'a Variables,
    ) -> BoxFuture<'a, Ran>;
}
