//! Turns the text of an operation into an operation that is ready to run.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::{ServerError, Variables};
use rpc::Policies;

use super::conditions::Conditions;
use super::normalise::normalised;
use super::parse::{SyntaxError, parse};
use super::plan::with_shares;
use super::validate::{Invalid, problems};
use super::{CallGraph, FindRow, Guard, Limits, NoPlan, NoProgram, Plan, Prepared, Program, Runs};
use crate::code::Code;
use crate::declared::declaration_problems;
use crate::error::{at_places, request_error};
use crate::schema::SchemaIndex;

/// Prepares the operations of one client.
pub struct Preparer {
    /// The client, such as `"mobile"`.
    pub client: &'static str,
    /// Issuer of the credential that services are shown, such as `"bff-mobile"`.
    pub issuer: &'static str,
    /// The schema.
    pub schema_index: SchemaIndex,
    /// Policies of the calls.
    pub policies: Arc<Policies>,
    /// Time a request may take.
    pub deadline: Duration,
    /// Limits on operations.
    pub guard: Guard,
    /// Limits on registered operations: those that a client could rely on at its release, whatever is tightened since.
    pub registered: Guard,
    /// True if a document may use introspection. A registered document always may.
    pub introspection: bool,
    /// True if calls say which paths they read.
    pub masks: bool,
    /// True if a fetch that needs only the key of an object runs beside the call that loads the object.
    pub hoisting: bool,
    /// The rows of the schema; `None` if no operation runs as a program.
    pub rows: Option<Box<FindRow>>,
}

impl Preparer {
    /// Returns the problems of what the fields of the schema declare, and of the policy table; empty if there are none.
    #[must_use]
    pub fn declaration_problems(&self) -> Vec<String> {
        declaration_problems(&self.schema_index, &self.policies)
    }

    /// Creates a preparer for operations over a schema, as in development: with these limits, and everything enabled. The
    /// credential is issued by the client itself.
    #[must_use]
    pub fn new(
        client: &'static str,
        schema_index: SchemaIndex,
        policies: Arc<Policies>,
        limits: Limits,
    ) -> Self {
        Self {
            client,
            issuer: client,
            schema_index,
            policies,
            deadline: limits.deadline,
            guard: Guard::new(limits, Vec::new()),
            registered: Guard::new(limits, Vec::new()),
            introspection: true,
            masks: true,
            hoisting: true,
            rows: None,
        }
    }

    /// Prepares the operation of that name in a document; its only operation if `name` is `None`.
    pub fn prepare(&self, text: &str, name: Option<&str>) -> Result<Prepared, Vec<ServerError>> {
        self.within(&self.guard, self.introspection, text, name)
    }

    /// Prepares an operation that a client has released, under the hash of its document.
    pub fn register(&self, text: &str, hash: String) -> Result<Prepared, Vec<ServerError>> {
        self.within(&self.registered, true, text, None).map(|prepared| prepared.under(hash))
    }

    fn within(
        &self,
        guard: &Guard,
        introspection: bool,
        text: &str,
        name: Option<&str>,
    ) -> Result<Prepared, Vec<ServerError>> {
        guard.text(text)?;
        let document = parse(text).map_err(|error| vec![of_syntax(&error)])?;
        // All later steps write fragments out, again and again, so the document is checked first.
        guard.document(&document)?;
        let problems = problems(&self.schema_index, &document, introspection);
        if !problems.is_empty() {
            return Err(problems.into_iter().map(of_problem).collect());
        }
        let Some(operation) = document.operation(name) else {
            let text =
                "The document holds no operation of that name, or several and `operationName` names none.";
            return Err(vec![request_error(Code::OperationResolutionFailure, text)]);
        };
        let normalised = normalised(&self.schema_index, &document, operation, Conditions::Open);
        let normalised = normalised.map_err(|unwritten| vec![unwritten.into_error()])?;
        let call_graph = CallGraph::of(&self.schema_index, &normalised.document);
        let costs_by_variables = guard.operation(&call_graph)?;
        let call_graph = with_shares(call_graph, self.deadline, &self.policies);
        let call_graph = if self.masks { call_graph } else { call_graph.without_masks() };
        let call_graph = if self.hoisting { call_graph } else { call_graph.without_hoisting() };
        Ok(Prepared::new(document, normalised, call_graph, costs_by_variables).of_text(text, name))
    }

    /// Checks the limits that depend on variables, which must be coerced.
    pub fn admit(&self, operation: &Prepared, variables: &Variables) -> Result<(), Vec<ServerError>> {
        if !operation.costs_by_variables {
            return Ok(());
        }
        let guard = if operation.registered().is_some() { &self.registered } else { &self.guard };
        guard.variables(&operation.call_graph, variables)
    }

    /// Plans the only operation of a document, which must fit the schema.
    pub fn plan(&self, text: &str) -> Result<Plan, NoPlan> {
        self.plan_named(text, None)
    }

    /// Plans the operation of that name in a document, which must fit the schema; its only operation for `None`.
    pub fn plan_named(&self, text: &str, name: Option<&str>) -> Result<Plan, NoPlan> {
        let prepared = self.prepare(text, name).map_err(|errors| NoPlan::of(&errors))?;
        Ok(self.plan_of(&prepared))
    }

    /// Plans a prepared operation.
    #[must_use]
    pub fn plan_of(&self, operation: &Prepared) -> Plan {
        let none = match &self.rows {
            Some(rows) => operation.no_program(&self.schema_index, rows),
            None => Some(NoProgram::SwitchedOff),
        };
        let runs = none.map_or(Runs::Program, Runs::Resolvers);
        let (call_graph, schema_index) = (&operation.call_graph, &self.schema_index);
        Plan::of(self.client, call_graph, schema_index, &self.policies, self.deadline, runs)
    }

    /// Returns the program of an operation for these variables, which must be coerced; `None` if it runs by resolvers.
    pub fn program<'a>(&self, operation: &'a Prepared, variables: &Variables) -> Option<&'a Program> {
        let rows = self.rows.as_ref()?;
        operation.program(&self.schema_index, variables, rows)
    }

    /// Returns the problems of variables sent with the only operation of a document; empty if it has no plan.
    #[must_use]
    pub fn misfits(&self, text: &str, sent: serde_json::Value) -> Vec<String> {
        let Ok(prepared) = self.prepare(text, None) else { return Vec::new() };
        let coerced = prepared.coerce(&self.schema_index, Variables::from_json(sent));
        coerced.err().unwrap_or_default().iter().map(ToString::to_string).collect()
    }
}

impl fmt::Debug for Preparer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Preparer").field("client", &self.client).finish_non_exhaustive()
    }
}

fn of_syntax(error: &SyntaxError) -> ServerError {
    let text = format!("Syntax Error: {}", error.problem);
    at_places(request_error(Code::ParseFailed, text), vec![error.pos])
}

fn of_problem(problem: Invalid) -> ServerError {
    at_places(request_error(Code::ValidationFailed, problem.message), problem.locations)
}
