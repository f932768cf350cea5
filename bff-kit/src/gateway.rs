//! From a GraphQL request to its answer.

mod explain;
mod report;

use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::types::{ExecutableDocument, OperationType};
use async_graphql::{Request, Response, ServerError, Value, Variables};
use fetch::{CallContext, Channels, Enforcement, Observed, Policies};
use tokio::time::Instant;

use crate::client::{Client, ClientSchema, schema};
use crate::clock::Clock;
use crate::code::Code;
use crate::config::{Config, Mode, UpstreamConfig};
use crate::error::Error;
use crate::identity::{Caller, CredentialKey};
use crate::language::Languages;
use crate::operation::{Outline, Plan};
use crate::planner::short_name;
use crate::schema::{Catalogue, internal_sdl};
use crate::scope::RequestScope;

pub(crate) use explain::{Analysis, Explain};
pub(crate) use report::{GET_MUTATION, access_line, server_error};

/// A GraphQL request, whatever it came over.
#[derive(Debug, Default)]
pub(crate) struct GraphqlRequest {
    pub(crate) query: String,
    pub(crate) operation_name: Option<String>,
    pub(crate) variables: Variables,
    pub(crate) languages: Languages,
    /// What the answer is to tell of how it came about.
    pub(crate) explain: Explain,
}

/// What became of a request.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) response: Response,
    /// Whether it failed before any of it ran: the answer then has no `data`.
    pub(crate) refused: bool,
    pub(crate) operation_name: Option<String>,
    pub(crate) calls: usize,
    pub(crate) took: Duration,
    /// The calls that were made, where they were asked for.
    pub(crate) analysis: Option<Analysis>,
}

impl Answer {
    pub(crate) fn refused(error: ServerError) -> Self {
        Self { response: Response::from_errors(vec![error]), refused: true, ..Self::default() }
    }
}

/// Answers the requests of one client.
pub(crate) struct Gateway<C: Client> {
    schema: ClientSchema<C>,
    catalogue: Catalogue,
    policies: Arc<Policies>,
    channels: Channels,
    credential: CredentialKey,
    clock: Clock,
    enforcement: Arc<Enforcement>,
    deadline: Duration,
    upstream: UpstreamConfig,
}

impl<C: Client> Gateway<C> {
    pub(crate) fn new(config: &Config, channels: Channels, clock: Clock) -> Self {
        let schema = schema::<C>(config.mode);
        Self {
            catalogue: Catalogue::of(&internal_sdl(&schema)),
            schema,
            policies: Arc::new(C::policies()),
            channels,
            credential: CredentialKey::new(config.credential_key(), C::NAME),
            clock,
            enforcement: Arc::new(match config.mode {
                Mode::Development => Enforcement::refusing(),
                Mode::Production => Enforcement::counting(),
            }),
            deadline: config.deadline(&C::LIMITS),
            upstream: config.upstream.clone(),
        }
    }

    /// Answers a request. `may_change` says whether it came in a way that may change something; `identify` is
    /// asked only once that is settled.
    pub(crate) async fn answer(
        &self,
        request: GraphqlRequest,
        identify: impl FnOnce() -> Result<Caller, Error>,
        may_change: bool,
    ) -> Answer {
        let started = Instant::now();
        let prepared = self.prepare(&request, may_change).and_then(|(document, outline)| {
            let caller = identify().map_err(report::server_error)?;
            Ok((document, outline, caller))
        });
        let mut answer = match prepared {
            Err(error) => Answer { operation_name: request.operation_name, ..Answer::refused(error) },
            Ok((document, outline, caller)) => {
                let operation_name = outline.name().map(str::to_owned);
                let answer = self.run(request, document, outline, caller, started).await;
                Answer { operation_name, ..answer }
            }
        };
        answer.took = started.elapsed();
        answer
    }

    fn prepare(
        &self,
        request: &GraphqlRequest,
        may_change: bool,
    ) -> Result<(ExecutableDocument, Outline), ServerError> {
        let document = async_graphql::parser::parse_query(&request.query)
            .map_err(|error| report::coded(ServerError::from(error), Code::ParseFailed))?;
        let outline = Outline::of(&self.catalogue, &document, request.operation_name.as_deref())
            .map_err(|error| refusal(Code::ValidationFailed, &error.to_string()))?;
        if outline.depth() > C::LIMITS.depth {
            let text = format!(
                "The operation nests {} fields deep; {} is the limit.",
                outline.depth(),
                C::LIMITS.depth
            );
            return Err(refusal(Code::ValidationFailed, &text));
        }
        if !may_change && outline.operation_type() != OperationType::Query {
            return Err(refusal(Code::BadRequest, report::GET_MUTATION));
        }
        let outline = outline.within(self.deadline, &self.policies);
        let outline = if self.upstream.read_masks { outline } else { outline.without_masks() };
        let outline = if self.upstream.hoisting { outline } else { outline.without_hoisting() };
        Ok((document, outline))
    }

    async fn run(
        &self,
        request: GraphqlRequest,
        document: ExecutableDocument,
        outline: Outline,
        caller: Caller,
        started: Instant,
    ) -> Answer {
        let credential = match self.credential.sign(&caller) {
            Ok(credential) => credential,
            Err(error) => return Answer::refused(report::server_error(error)),
        };
        let explain = request.explain;
        let plan = (explain != Explain::No).then(|| self.plan(&outline));
        let context = Arc::new(CallContext {
            channels: self.channels.clone(),
            policies: self.policies.clone(),
            deadline: started + self.deadline,
            credential,
            enforcement: self.enforcement.clone(),
            measure: explain == Explain::Analyze,
            started,
            observed: Observed::default(),
        });
        let scope = RequestScope::new(
            caller,
            request.languages,
            self.clock.now(),
            Arc::new(outline),
            context.clone(),
        );
        let scope = Arc::new(scope);
        let mut graphql = Request::new(request.query).variables(request.variables).data(scope.clone());
        if let Some(name) = request.operation_name {
            graphql = graphql.operation_name(name);
        }
        graphql.set_parsed_query(document);

        let mut response = scope.fetches.drive(self.schema.execute(graphql)).await;
        let refused = response.data == Value::Null
            && !response.errors.is_empty()
            && response.errors.iter().all(|error| error.path.is_empty());
        let errors = response.errors.into_iter().map(|error| report::shown(error, refused)).collect();
        response.errors = scope.settled(errors);
        if let Some(degraded) = scope.degraded() {
            response.extensions.insert("degraded".to_owned(), degraded);
        }
        let calls = context.observed.calls();
        let analysis = (explain == Explain::Analyze).then(|| Analysis::of(&calls, started.elapsed()));
        if let Some(plan) = plan {
            response.extensions.insert("plan".to_owned(), explain::extension(&plan, analysis.as_ref()));
        }
        Answer { response, refused, calls: calls.len(), analysis, ..Answer::default() }
    }

    /// Calls that were not in the plan of their operation, since the start.
    pub(crate) fn violations(&self) -> u64 {
        self.enforcement.violations()
    }

    fn plan(&self, outline: &Outline) -> Plan {
        Plan::of(short_name(C::NAME), outline, &self.catalogue, &self.policies, self.deadline)
    }
}

fn refusal(code: Code, text: &str) -> ServerError {
    report::server_error(Error::client(code, text))
}
