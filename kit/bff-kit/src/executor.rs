//! Execution of operations over the schema of a client, whichever it is.

mod failing;

use std::sync::OnceLock;

use async_graphql::{Request, Response};
use futures_util::future::BoxFuture;

use crate::client::{Client, ClientSchema, schema, schema_builder};

use failing::FailingFields;

/// Executes operations over the schema of a client.
pub(crate) trait Execute: Send + Sync {
    /// Executes an operation of which some fields may fail before they run: those that the scope of the request tells.
    fn execute(&self, request: Request, has_failing: bool) -> BoxFuture<'_, Response>;
}

/// Executes operations over the schema of `C`.
pub(crate) struct Executor<C: Client> {
    schema: ClientSchema<C>,
    /// Schema of the requests in which fields fail before they run; made when the first one comes.
    failing: OnceLock<ClientSchema<C>>,
}

impl<C: Client> Executor<C> {
    pub(crate) fn new() -> Self {
        Self { schema: schema::<C>(), failing: OnceLock::new() }
    }
}

impl<C: Client> Execute for Executor<C> {
    fn execute(&self, request: Request, has_failing: bool) -> BoxFuture<'_, Response> {
        let failing = || schema_builder::<C>().extension(FailingFields).finish();
        let schema = if has_failing { self.failing.get_or_init(failing) } else { &self.schema };
        Box::pin(schema.execute(request))
    }
}
