//! Plans of a client's operations, without a server.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute};
use async_graphql::{Response, ServerError};
use async_graphql_parser::types::{DocumentOperations, ExecutableDocument};
use fetch::Policies;
use futures_util::FutureExt as _;

use crate::client::{Client, schema, schema_builder};
use crate::config::Mode;
use crate::operation::{Outline, OutlineError, Plan};
use crate::schema::{Catalogue, internal_sdl};

/// Holds a document against a schema; answers what is wrong with it.
type Validate = Box<dyn Fn(&str) -> Vec<ServerError> + Send + Sync>;

/// Works out the plans of a client's operations.
pub struct Planner {
    client: &'static str,
    catalogue: Catalogue,
    policies: Policies,
    deadline: Duration,
    depth: usize,
    validate: Validate,
}

/// Why a document has no plan: what is wrong with it, a line for each problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoPlan(Vec<String>);

impl Planner {
    /// The planner of a client.
    #[must_use]
    pub fn of<C: Client>() -> Self {
        let checked = schema_builder::<C>(Mode::Development).extension(OnlyValidate).finish();
        let validate = move |text: &str| {
            // Nothing is executed, so there is nothing to wait for.
            checked.execute(text).now_or_never().map_or_else(Vec::new, |response| response.errors)
        };
        Self {
            client: short_name(C::NAME),
            catalogue: Catalogue::of(&internal_sdl(&schema::<C>(Mode::Development))),
            policies: C::policies(),
            deadline: C::LIMITS.deadline,
            depth: C::LIMITS.depth,
            validate: Box::new(validate),
        }
    }

    /// The client, such as `"mobile"`.
    #[must_use]
    pub fn client(&self) -> &'static str {
        self.client
    }

    /// Everything the schema says.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The same planner, with a schema that says something else: to see what a change would do to the plans.
    #[must_use]
    pub fn with_catalogue(self, catalogue: Catalogue) -> Self {
        Self { catalogue, ..self }
    }

    /// The plan of the only operation of a document, which must fit the schema.
    pub fn plan(&self, text: &str) -> Result<Plan, NoPlan> {
        let document = self.parse(text)?;
        let outline = self.outline(&document)?;
        Ok(Plan::of(self.client, &outline, &self.catalogue, &self.policies, self.deadline))
    }

    /// The document, when it parses and fits the schema.
    pub fn parse(&self, text: &str) -> Result<ExecutableDocument, NoPlan> {
        let document =
            async_graphql_parser::parse_query(text).map_err(|error| NoPlan(vec![error.to_string()]))?;
        // The outline bounds the document before anything else walks it.
        self.outline(&document)?;
        let problem = |error: &ServerError| match error.locations.first() {
            Some(at) => format!("line {}: {}", at.line, error.message),
            None => error.message.clone(),
        };
        let problems: Vec<_> = (self.validate)(text).iter().map(problem).collect();
        if problems.is_empty() { Ok(document) } else { Err(NoPlan(problems)) }
    }

    fn outline(&self, document: &ExecutableDocument) -> Result<Outline, NoPlan> {
        let name = match &document.operations {
            DocumentOperations::Multiple(operations) if operations.len() == 1 => {
                operations.keys().next().map(async_graphql::Name::as_str)
            }
            _ => None,
        };
        let problem = |error| {
            NoPlan(vec![match error {
                OutlineError::NoSuchOperation => "holds several operations; write one a file".to_owned(),
                other => other.to_string(),
            }])
        };
        let outline = Outline::of(&self.catalogue, document, name).map_err(problem)?;
        if outline.depth() > self.depth {
            let (depth, limit) = (outline.depth(), self.depth);
            return Err(NoPlan(vec![format!("nests {depth} fields deep; {limit} is the limit")]));
        }
        Ok(outline)
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
