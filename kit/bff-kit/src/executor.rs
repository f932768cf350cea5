//! Execution of operations over the schema of any client.

use std::sync::OnceLock;

use async_graphql::{Request, Response, Variables};
use futures_util::future::BoxFuture;
use gateway::Execute;
use operation::Program;
use resolver::program::Ran;
use resolver::runtime::{FailingFields, Running};

use crate::client::{Client, ClientSchema, schema, schema_builder};

/// Executes operations over the schema of `C`.
pub(crate) struct Executor<C: Client> {
    schema: ClientSchema<C>,
    /// Schema for requests in which fields fail before they run; built for the first such request.
    failing: OnceLock<ClientSchema<C>>,
    /// Root of the queries that run as programs.
    query: C::Query,
}

impl<C: Client> Executor<C> {
    pub(crate) fn new() -> Self {
        Self { schema: schema::<C>(), failing: OnceLock::new(), query: C::Query::default() }
    }
}

impl<C: Client> Execute for Executor<C> {
    fn execute(&self, request: Request, has_failing: bool) -> BoxFuture<'_, Response> {
        let failing = || schema_builder::<C>().extension(FailingFields).finish();
        let schema = if has_failing { self.failing.get_or_init(failing) } else { &self.schema };
        Box::pin(schema.execute(request))
    }

    fn run<'a>(
        &'a self,
        program: &'a Program,
        running: &'a Running,
        variables: &'a Variables,
    ) -> BoxFuture<'a, Ran> {
        Box::pin(running.run(&self.query, program, variables))
    }
}
