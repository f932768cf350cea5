//! From a GraphQL request to its answer.

mod explain;
mod report;

use std::sync::Arc;
use std::time::Duration;

use async_graphql::{Request, Response, ServerError, Value, Variables};
use fetch::{CallContext, Channels, Enforcement, Observed};
use tokio::time::Instant;

use crate::client::{Client, ClientSchema, schema};
use crate::clock::Clock;
use crate::code::Code;
use crate::config::{Config, Mode};
use crate::error::{Error, bounded, refusal};
use crate::identity::{Caller, CredentialKey};
use crate::language::Languages;
use crate::operation::{BadVariable, Prepared};
use crate::planner::Planner;
use crate::registry::{DocumentId, Documents};
use crate::scope::RequestScope;

pub(crate) use crate::error::server_error;
pub(crate) use explain::{Analysis, Explain};
pub(crate) use report::{GET_MUTATION, access_line};

/// A GraphQL request, whatever it came over.
#[derive(Debug, Default)]
pub(crate) struct GraphqlRequest {
    /// The document, where it comes along.
    pub(crate) query: Option<String>,
    /// What names it instead.
    pub(crate) id: Option<DocumentId>,
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
    pub(crate) fn refused(errors: Vec<ServerError>) -> Self {
        let errors = bounded(errors);
        Self { response: Response::from_errors(errors), refused: true, ..Self::default() }
    }
}

/// Answers the requests of one client.
pub(crate) struct Gateway<C: Client> {
    schema: ClientSchema<C>,
    planner: Arc<Planner>,
    documents: Arc<Documents>,
    channels: Channels,
    credential: CredentialKey,
    clock: Clock,
    enforcement: Arc<Enforcement>,
    deadline: Duration,
}

impl<C: Client> Gateway<C> {
    pub(crate) fn new(config: &Config, channels: Channels, clock: Clock) -> Self {
        let planner = Arc::new(Planner::of_server::<C>(config));
        let documents = Documents::new(
            planner.clone(),
            config.document_policy(C::DOCUMENTS),
            config.automatic_bytes(C::DOCUMENTS),
        );
        let documents = match config.mode {
            Mode::Development => documents,
            Mode::Production => documents.discreet(),
        };
        Self {
            schema: schema::<C>(config.mode),
            planner,
            documents: Arc::new(documents),
            channels,
            credential: CredentialKey::new(config.credential_key(), C::NAME),
            clock,
            enforcement: Arc::new(match config.mode {
                Mode::Development => Enforcement::refusing(),
                Mode::Production => Enforcement::counting(),
            }),
            deadline: config.deadline(&C::LIMITS),
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
        let prepared = self.prepare(&request, may_change).and_then(|operation| {
            let caller = identify().map_err(|error| vec![server_error(error)])?;
            Ok((operation, caller))
        });
        let mut answer = match prepared {
            Err(errors) => Answer { operation_name: request.operation_name, ..Answer::refused(errors) },
            Ok((operation, caller)) => {
                let operation_name = operation.name().map(str::to_owned);
                let answer = self.run(request, &operation, caller, started).await;
                Answer { operation_name, ..answer }
            }
        };
        answer.took = started.elapsed();
        answer
    }

    fn prepare(&self, request: &GraphqlRequest, may_change: bool) -> Result<Arc<Prepared>, Vec<ServerError>> {
        let name = request.operation_name.as_deref();
        let operation = self.documents.select(request.id.as_ref(), request.query.as_deref(), name)?;
        if !may_change && !operation.is_query() {
            return Err(vec![refusal(Code::BadRequest, report::GET_MUTATION)]);
        }
        Ok(operation)
    }

    async fn run(
        &self,
        request: GraphqlRequest,
        operation: &Prepared,
        caller: Caller,
        started: Instant,
    ) -> Answer {
        let variables = match operation.coerce(self.planner.catalogue(), request.variables) {
            Ok(variables) => variables,
            Err(bad) => {
                let error = |bad: &BadVariable| refusal(Code::BadUserInput, bad.to_string());
                return Answer::refused(bad.iter().map(error).collect());
            }
        };
        if let Err(errors) = self.planner.admit(operation, &variables) {
            return Answer::refused(errors);
        }
        let credential = match self.credential.sign(&caller) {
            Ok(credential) => credential,
            Err(error) => return Answer::refused(vec![server_error(error)]),
        };
        let explain = request.explain;
        let context = Arc::new(CallContext {
            channels: self.channels.clone(),
            policies: self.planner.policies().clone(),
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
            operation.outline.clone(),
            context.clone(),
        );
        let scope = Arc::new(scope);
        let document = operation.document(&variables);
        let mut graphql = Request::new("").variables(variables).data(scope.clone());
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
        if explain != Explain::No {
            let plan = operation.plan(|outline| self.planner.plan_of(outline));
            response.extensions.insert("plan".to_owned(), explain::extension(plan, analysis.as_ref()));
        }
        Answer { response, refused, calls: calls.len(), analysis, ..Answer::default() }
    }

    /// What it takes for an operation.
    pub(crate) fn documents(&self) -> &Arc<Documents> {
        &self.documents
    }

    /// What prepares its operations.
    pub(crate) fn planner(&self) -> &Arc<Planner> {
        &self.planner
    }

    /// Calls that were not in the plan of their operation, since the start.
    pub(crate) fn violations(&self) -> u64 {
        self.enforcement.violations()
    }
}
