//! Plans of a client's operations, without a server.

use std::fmt;
use std::sync::Arc;

use async_graphql::{ServerError, Variables};
use fetch::Policies;
use operation::schema::{Catalogue, Scalars};
use operation::{Guard, Outline, Plan, Prepared, Preparer};

use crate::client::{Client, schema};
use crate::config::{Config, Mode};
use crate::schema::internal_sdl;

/// Works out the plans of a client's operations.
pub struct Planner {
    client: &'static str,
    preparer: Preparer,
}

impl fmt::Debug for Planner {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Planner").field("client", &self.client).finish_non_exhaustive()
    }
}

/// Why a document has no plan: everything that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoPlan(Vec<Problem>);

/// Something that is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line, counted from 1, where it is one's.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
}

impl Planner {
    /// The planner of a client.
    #[must_use]
    pub fn of<C: Client>() -> Self {
        Self { client: short_name(C::NAME), preparer: preparer::<C>(Mode::Development) }
    }

    /// The planner of a server, with what the configuration changes of it.
    #[must_use]
    pub fn of_server<C: Client>(config: &Config) -> Self {
        let preparer = Preparer {
            deadline: config.deadline(&C::LIMITS),
            guard: Guard::new(config.limits(&C::LIMITS), config.limits.report_only.clone()),
            masks: config.upstream.read_masks,
            hoisting: config.upstream.hoisting,
            ..preparer::<C>(config.mode)
        };
        Self { client: short_name(C::NAME), preparer }
    }

    /// The client, such as `"mobile"`.
    #[must_use]
    pub fn client(&self) -> &'static str {
        self.client
    }

    /// Everything the schema says.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.preparer.catalogue
    }

    pub(crate) fn policies(&self) -> &Arc<Policies> {
        &self.preparer.policies
    }

    /// The same planner, with a schema that says something else: to see what a change would do to the plans.
    #[must_use]
    pub fn with_catalogue(self, catalogue: Catalogue) -> Self {
        Self { preparer: Preparer { catalogue, ..self.preparer }, ..self }
    }

    /// The plan of the only operation of a document, which must fit the schema.
    pub fn plan(&self, text: &str) -> Result<Plan, NoPlan> {
        self.plan_named(text, None)
    }

    /// The plan of the operation of that name, or of the only one, of a document, which must fit the schema.
    pub fn plan_named(&self, text: &str, name: Option<&str>) -> Result<Plan, NoPlan> {
        let prepared =
            self.prepare(text, name).map_err(|errors| NoPlan(errors.iter().map(Problem::of).collect()))?;
        Ok(self.plan_of(&prepared.outline))
    }

    /// Prepares the operation of that name, or the only one, of a document.
    pub(crate) fn prepare(&self, text: &str, name: Option<&str>) -> Result<Prepared, Vec<ServerError>> {
        self.preparer.prepare(text, name)
    }

    /// Prepares an operation that a client has released, under the hash of its document.
    pub(crate) fn register(&self, text: &str, hash: String) -> Result<Prepared, Vec<ServerError>> {
        self.preparer.register(text, hash)
    }

    /// Whether an operation may run with these variables, which are coerced.
    pub(crate) fn admit(&self, operation: &Prepared, variables: &Variables) -> Result<(), Vec<ServerError>> {
        self.preparer.admit(operation, variables)
    }

    /// What is wrong with variables that are sent with the only operation of a document; nothing where it has no plan.
    pub(crate) fn misfits(&self, text: &str, sent: &serde_json::Value) -> Vec<String> {
        let Ok(prepared) = self.prepare(text, None) else { return Vec::new() };
        let coerced = prepared.coerce(self.catalogue(), Variables::from_json(sent.clone()));
        coerced.err().unwrap_or_default().iter().map(ToString::to_string).collect()
    }

    pub(crate) fn guard(&self) -> &Guard {
        &self.preparer.guard
    }

    pub(crate) fn plan_of(&self, outline: &Outline) -> Plan {
        let Preparer { catalogue, policies, deadline, .. } = &self.preparer;
        Plan::of(self.client, outline, catalogue, policies, *deadline)
    }
}

/// What prepares a client's operations, as the client itself has it.
fn preparer<C: Client>(mode: Mode) -> Preparer {
    let catalogue =
        Catalogue::of(&internal_sdl(&schema::<C>())).with_scalars(Scalars::of::<C::Query, C::Mutation>());
    let introspection = mode == Mode::Development;
    Preparer { introspection, ..Preparer::new(catalogue, Arc::new(C::policies()), C::LIMITS) }
}

/// The name of the client in the name of its binary: `"mobile"` of `"bff-mobile"`.
pub(crate) fn short_name(name: &'static str) -> &'static str {
    name.strip_prefix("bff-").unwrap_or(name)
}

impl NoPlan {
    /// Everything that is wrong.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.0
    }
}

impl Problem {
    pub(crate) fn of(error: &ServerError) -> Self {
        Self { line: error.locations.first().map(|at| at.line), message: error.message.clone() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(formatter, "line {line}: ")?;
        }
        formatter.write_str(&self.message)
    }
}

impl fmt::Display for NoPlan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let problems: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        formatter.write_str(&problems.join("; "))
    }
}

impl std::error::Error for NoPlan {}
