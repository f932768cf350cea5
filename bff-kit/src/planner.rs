//! Plans of a client's operations, without a server.

use std::fmt;
use std::sync::Arc;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute};
use async_graphql::{Request, Response, ServerError, Variables};
use fetch::Policies;
use futures_util::FutureExt as _;

use crate::client::{Client, schema, strict_schema_builder};
use crate::config::{Config, Mode};
use crate::operation::{Guard, Outline, Plan, Prepared, Preparer, Validate};
use crate::schema::{Catalogue, Scalars, internal_sdl};

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

/// Why a document has no plan: what is wrong with it, a line for each problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoPlan(Vec<String>);

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
            self.prepare(text, name).map_err(|errors| NoPlan(errors.iter().map(located).collect()))?;
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
    Preparer {
        catalogue: Catalogue::of(&internal_sdl(&schema::<C>(mode)))
            .with_scalars(Scalars::of::<C::Query, C::Mutation>()),
        policies: Arc::new(C::policies()),
        validate: validator::<C>(mode),
        deadline: C::LIMITS.deadline,
        guard: Guard::new(C::LIMITS, Vec::new()),
        registered: Guard::new(C::LIMITS, Vec::new()),
        masks: true,
        hoisting: true,
    }
}

/// Holds documents against a client's schema.
fn validator<C: Client>(mode: Mode) -> Validate {
    let strict = strict_schema_builder::<C>(mode).extension(OnlyValidate).finish();
    Box::new(move |document, name| {
        let mut request = Request::new("");
        if let Some(name) = name {
            request = request.operation_name(name);
        }
        request.set_parsed_query(document.clone());
        // Nothing is executed, so there is nothing to wait for.
        strict.execute(request).now_or_never().map_or_else(Vec::new, |response| response.errors)
    })
}

/// What is wrong with a document, and where.
pub(crate) fn located(error: &ServerError) -> String {
    match error.locations.first() {
        Some(at) => format!("line {}: {}", at.line, error.message),
        None => error.message.clone(),
    }
}

/// The name of the client in the name of its binary: `"mobile"` of `"bff-mobile"`.
pub(crate) fn short_name(name: &'static str) -> &'static str {
    name.strip_prefix("bff-").unwrap_or(name)
}

impl NoPlan {
    /// What is wrong, a line for each problem.
    #[must_use]
    pub fn problems(&self) -> &[String] {
        &self.0
    }
}

impl fmt::Display for NoPlan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.join("; "))
    }
}

impl std::error::Error for NoPlan {}

/// Ends every request once it is validated.
struct OnlyValidate;

impl ExtensionFactory for OnlyValidate {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_graphql::async_trait::async_trait]
impl Extension for OnlyValidate {
    async fn execute(&self, _: &ExtensionContext<'_>, _: Option<&str>, _: NextExecute<'_>) -> Response {
        Response::default()
    }
}
