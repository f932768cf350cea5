//! Execution of operations over the schema of any client.

use std::sync::OnceLock;

use async_graphql::{Request, Response};
use futures_util::future::BoxFuture;
use gateway::Execute;
use resolver::runtime::FailingFields;

use crate::client::{Client, ClientSchema, schema, schema_builder};

/// Executes operations over the schema of `C`.
pub(crate) struct Executor<C: Client> {
    schema: ClientSchema<C>,
    /// Schema for requests in which fields fail before they run; built for the first such request.
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
