//! Answers GraphQL requests, independent of their transport.

mod access;
mod admittance;
mod answer;
mod detached;
mod explain;
mod repetition;
mod replays;
mod report;
mod shared;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use admission::Shed;
use async_graphql::{Request, ServerError, Value, Variables};
use fetch::{
    CallContext, Enforcement, FailureKind, KeptFresh, Observed, Reasons, SampledLog, Services, Tags, Upstream,
};
use operation::{BadVariable, Cache, CacheScope, Code, Plan, Prepared, Preparer, request_error};
use tokio::time::{Instant, timeout_at};

use crate::any_client::AnyClient;
use crate::config::{Config, Mode};
use crate::credential::CredentialKey;
use crate::executor::Execute;
use crate::preparer::server_preparer;
use identity::Clock;
use identity::{Challenge, Principal, SignedIn};
use registry::{DocumentId, OperationStore};
use resolver::Error;
use resolver::Languages;
use resolver::runtime::{Parts, Running};
use telemetry::{Health, Metrics, list};

use admittance::Admittance;
use repetition::Repetition;
use shared::SharedAnswers;

pub(crate) use access::{Access, Known};
pub(crate) use answer::{Answer, Cacheability, Effect, SHED, Shape};
pub(crate) use detached::detached;
pub(crate) use explain::Explain;
#[cfg(feature = "review")]
pub(crate) use explain::{Analysis, MadeCall};
pub(crate) use replays::Replays;
pub(crate) use report::GET_MUTATION;
pub(crate) use resolver::runtime::server_error;

/// A GraphQL request, independent of its transport.
#[derive(Debug, Default)]
pub(crate) struct GraphqlRequest {
    /// The text of the document; `None` if the request has only an id.
    pub(crate) query: Option<String>,
    /// The id or hash of the document; `None` if the request has only the text.
    pub(crate) id: Option<DocumentId>,
    pub(crate) operation_name: Option<String>,
    pub(crate) variables: Variables,
    pub(crate) languages: Languages,
    /// Details of the execution that the answer is to report.
    pub(crate) explain: Explain,
    /// The idempotency key in the header; `None` if there is no such header, an error if it holds none.
    pub(crate) idempotency_key: Option<Result<String, BadKey>>,
}

/// Message to a client whose header holds no idempotency key.
const BAD_KEY: &str = "Idempotency-Key must be given once, as 1 to 255 visible ASCII characters.";

/// A header that is to hold an idempotency key, and does not.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BadKey;

/// A request that is ready to run.
#[derive(Clone)]
struct Run<'a> {
    request: &'a GraphqlRequest,
    operation: &'a Prepared,
    /// The plan; `None` if nothing needs it.
    plan: Option<&'a Plan>,
    /// Variables, coerced to the types that the operation declares.
    variables: &'a Variables,
    principal: Principal,
    started: Instant,
    known: &'a Known,
}

/// Answers the requests of one client.
pub(crate) struct Gateway {
    executor: Box<dyn Execute>,
    reasons: Reasons,
    preparer: Arc<Preparer>,
    documents: Arc<OperationStore>,
    upstream: Arc<Upstream>,
    credential: CredentialKey,
    clock: Clock,
    log: Arc<SampledLog>,
    deadline: Duration,
    shared: SharedAnswers,
    replays: Arc<Replays>,
    admittance: Admittance,
}

impl Gateway {
    pub(crate) fn new(
        client: AnyClient,
        config: &Config,
        services: &Services,
        clock: Clock,
        log: Arc<SampledLog>,
        health: Arc<Health>,
        replays: Replays,
    ) -> Self {
        let preparer = Arc::new(server_preparer(client, config));
        let documents = OperationStore::new(
            preparer.clone(),
            config.document_policy(client.operations),
            config.automatic_bytes(client.operations),
        );
        let documents = match config.mode {
            Mode::Development => documents,
            Mode::Production => documents.redacted(),
        };
        let enforcement = match config.mode {
            Mode::Development => Enforcement::enforcing(),
            Mode::Production => Enforcement::counting(),
        };
        let credential = CredentialKey::new(config.credential_key(), client.name);
        let of_nobody = credential.clone();
        let upstream = Upstream::new(services, preparer.policies.clone(), enforcement, log.clone(), health)
            .with_credential(move || of_nobody.sign(&Principal::anonymous()).ok());
        Self {
            executor: (client.executor)(),
            reasons: client.reasons,
            preparer,
            documents: Arc::new(documents),
            upstream: Arc::new(upstream),
            credential,
            clock,
            replays: Arc::new(replays),
            admittance: Admittance::new(client, &config.admission),
            log,
            deadline: config.deadline(&client.limits),
            shared: SharedAnswers::new(&config.cache),
        }
    }

    /// Answers a request. `may_change` is true if the transport allows mutations. `signed_in` is polled only after the
    /// operation has been accepted. `known` collects facts of the request on the way.
    pub(crate) async fn answer(
        self: &Arc<Self>,
        mut request: GraphqlRequest,
        signed_in: impl Future<Output = SignedIn> + Send,
        may_change: bool,
        known: &Arc<Known>,
    ) -> Arc<Answer> {
        let started = Instant::now();
        let (operation, variables) = match self.prepare(&mut request, may_change) {
            Ok(prepared) => prepared,
            Err(errors) => {
                let operation_name = request.operation_name;
                return Arc::new(Answer { operation_name, ..Answer::rejected(errors) });
            }
        };
        known.operation(&operation);
        let late = |_| Err(Challenge::unavailable("the sign-in took longer than the request may"));
        let signed_in = timeout_at(started + self.deadline, signed_in);
        let principal = match signed_in.await.unwrap_or_else(late) {
            Ok(principal) => principal,
            Err(challenge) => {
                if let Some(left_out) = self.log.pass("sign-in", challenge.reason()) {
                    tracing::info!(reason = challenge.reason(), left_out, "a credential was not accepted");
                }
                let operation_name = request.operation_name;
                return Arc::new(Answer { operation_name, ..Answer::challenged(&challenge) });
            }
        };
        known.principal(&principal);
        if may_change && self.replays.keeps() && request.explain == Explain::No {
            let client = self.credential.issuer();
            let repetition = match Repetition::of(client, &request, &operation, &variables, &principal) {
                Ok(repetition) => repetition,
                Err(BadKey) => {
                    return Arc::new(Answer::rejected(vec![request_error(Code::BadRequest, BAD_KEY)]));
                }
            };
            if let Some(repetition) = repetition {
                let (gateway, known) = (self.clone(), known.clone());
                // Owns all that it needs, since it may outlive the client.
                let run = async move {
                    let (request, operation, variables, known) = (&request, &*operation, &variables, &*known);
                    let plan = None;
                    gateway.run(Run { request, operation, plan, variables, principal, started, known }).await
                };
                return self.replays.answer(repetition, started + self.deadline, run).await;
            }
        }
        // The plan decides the cacheability of an answer, so a request that may not be kept needs none unless it is
        // explained.
        let plan = (!may_change || request.explain != Explain::No)
            .then(|| operation.plan(|call_graph| self.preparer.plan_of(call_graph)));
        let (operation, variables) = (&operation, &variables);
        let run = Run { request: &request, operation, plan, variables, principal, started, known };
        // Boxed, since the future is large and used in several places.
        let answer = || Box::pin(self.run(run.clone()));
        // An answer that depends on the principal belongs to that principal alone, so no request waits for another's.
        let public = plan.is_some_and(|plan| plan.cache.scope == CacheScope::Public);
        if may_change || !public || request.explain != Explain::No {
            return Arc::new(answer().await);
        }
        self.shared.answer(operation, variables, &request.languages, answer).await
    }

    /// Returns an error if a request would not be admitted just now: one for the operation that is registered under this
    /// id, or any at all. So it need not be read.
    pub(crate) fn room(&self, id: Option<&str>) -> Result<(), Shed> {
        let operation = id.and_then(|id| self.documents.registered_as(id));
        self.admittance.room(operation.as_deref())
    }

    /// Selects the operation of a request, and coerces its variables to the types that the operation declares. Fails
    /// with request errors.
    fn prepare(
        &self,
        request: &mut GraphqlRequest,
        may_change: bool,
    ) -> Result<(Arc<Prepared>, Variables), Vec<ServerError>> {
        let name = request.operation_name.as_deref();
        let operation = self.documents.select(request.id.as_ref(), request.query.as_deref(), name)?;
        if !may_change && !operation.is_query() {
            return Err(vec![request_error(Code::BadRequest, report::GET_MUTATION)]);
        }
        let variables = operation.coerce(&self.preparer.schema_index, std::mem::take(&mut request.variables));
        let error = |bad: &BadVariable| {
            let error = Error::client(Code::BadUserInput, bad.to_string());
            server_error(error.about(&bad.path, &bad.problem))
        };
        let variables = variables.map_err(|bad| bad.iter().map(error).collect::<Vec<_>>())?;
        self.preparer.admit(&operation, &variables)?;
        Ok((operation, variables))
    }

    /// Runs a request, unless the server has more work than it can do. What waits for the answer of another request, or
    /// finds it in memory, never comes here: it is no work, and its time says nothing about the services.
    async fn run(&self, run: Run<'_>) -> Answer {
        let permit = match self.admittance.admit(run.operation) {
            Ok(permit) => permit,
            Err(shed) => return Answer::shed(shed, run.operation.name()),
        };
        let answer = self.execute(run).await;
        match permit {
            Some(permit) if answer.cut_short => permit.cut_short(),
            Some(permit) => permit.completed(),
            None => {}
        }
        answer
    }

    async fn execute(&self, run: Run<'_>) -> Answer {
        let Run { request, operation, plan, variables, principal, started, known } = run;
        let credential = match self.credential.sign(&principal) {
            Ok(credential) => credential,
            Err(error) => return Answer::rejected(vec![server_error(error)]),
        };
        let (document, failing) = match operation.form(&self.preparer.schema_index, variables) {
            Ok(form) => form,
            Err(error) => return Answer::failed(error, operation),
        };
        let explain = request.explain;
        let public = plan.is_some_and(|plan| plan.cache.scope == CacheScope::Public);
        let context = Arc::new(CallContext {
            upstream: self.upstream.clone(),
            deadline: started + self.deadline,
            credential,
            operation: operation.label().clone(),
            tags: public.then(Tags::default),
            alone: !operation.is_query() || explain == Explain::Analyze,
            brownout: self.admittance.brownout(),
            kept_fresh: KeptFresh::default(),
            started,
            observed: Observed::default(),
        });
        known.calls(&context);
        let has_failing = !failing.is_empty();
        let running = Running::new(Parts {
            principal,
            languages: request.languages.clone(),
            now: self.clock.now(),
            call_graph: operation.call_graph.clone(),
            context: context.clone(),
            failing,
            reasons: self.reasons,
        });
        let mut graphql = Request::new("").variables(variables.clone()).data(running.scope());
        graphql.set_parsed_query(document);

        let mut response = running.drive(self.executor.execute(graphql, has_failing)).await;
        let rejected = response.data == Value::Null
            && !response.errors.is_empty()
            && response.errors.iter().all(|error| error.path.is_empty());
        let errors =
            response.errors.into_iter().map(|error| report::shown(error, rejected, &self.log)).collect();
        response.errors = running.settled(errors);
        let errors = response.errors.iter().filter_map(ServerError::source::<Error>);
        let retry_after = errors.filter_map(Error::retry_after).chain(running.retry_after()).max();
        answer::bound(&mut response);
        if let Some(degraded) = running.degraded() {
            response.extensions.insert("degraded".to_owned(), degraded);
        }
        let calls = context.observed.calls();
        let analysis =
            (explain == Explain::Analyze).then(|| explain::Analysis::of(&calls, started.elapsed()));
        if let Some(plan) = plan.filter(|_| explain != Explain::No) {
            response.extensions.insert("plan".to_owned(), explain::extension(plan, analysis.as_ref()));
        }
        let mut answer = Answer {
            response,
            rejected,
            operation_name: operation.name().map(str::to_owned),
            calls: calls.len(),
            cut_short: calls
                .iter()
                .any(|call| matches!(call.failure, Some(FailureKind::Timeout | FailureKind::Overloaded))),
            effect: if context.observed.has_changed() { Effect::Changed } else { Effect::None },
            #[cfg(feature = "review")]
            analysis,
            private: running.depends_on_principal(),
            retry_after,
            ..Answer::default()
        };
        let keeps = explain == Explain::No && operation.is_query() && answer.is_whole();
        answer.keep = plan.filter(|_| keeps).and_then(|plan| keep(&plan.cache, &running, &context));
        answer
    }

    /// Returns the store of the operations that the gateway accepts.
    pub(crate) fn documents(&self) -> &Arc<OperationStore> {
        &self.documents
    }

    /// Returns the preparer of the operations.
    pub(crate) fn preparer(&self) -> &Arc<Preparer> {
        &self.preparer
    }

    /// Returns a function that reports the counts of the gateway and its parts.
    pub(crate) fn counts(&self) -> impl Fn(&Metrics) + Send + Sync + 'static {
        let (documents, preparer) = (self.documents.clone(), self.preparer.clone());
        let (upstream, replayed) = (self.upstream.clone(), self.replays.replayed());
        let admittance = self.admittance.state();
        move |metrics| {
            admittance(metrics);
            metrics.kept(&list::REPLAYED, None, replayed.load(Ordering::Relaxed));
            let (taken, rejected) = documents.loads();
            metrics.kept(&list::MANIFESTS, Some(("result", "taken")), taken);
            metrics.kept(&list::MANIFESTS, Some(("result", "refused")), rejected);
            metrics.kept(&list::UNREGISTERED, None, documents.unregistered());
            metrics.kept(&list::AUTOMATIC_BYTES, None, documents.automatic_bytes());
            for (limit, count) in preparer.guard.exceeded() {
                metrics.kept(&list::LIMITS, Some(("limit", limit.as_str())), count);
            }
            metrics.kept(&list::DEVIATIONS, None, upstream.deviations());
        }
    }
}

/// Returns the cacheability of a complete answer; `None` if the answer may not be kept. The plan covers the calls
/// alone; a resolver may depend on more.
fn keep(cache: &Cache, running: &Running, context: &CallContext) -> Option<Cacheability> {
    let shared = match cache.scope {
        CacheScope::Public => !running.depends_on_principal(),
        CacheScope::Private => false,
        CacheScope::None => return None,
    };
    // An answer that depends on the time is kept no longer than it is true.
    let true_for_s = running.true_for().map_or(u64::MAX, |time| time.as_secs());
    // Values from the cache have been fresh for a while already.
    let kept_fresh_s = context.kept_fresh.time().map_or(u64::MAX, |time| time.as_secs());
    let max_age_s = cache.max_age_s.min(true_for_s).min(kept_fresh_s);
    Some(Cacheability {
        shared,
        max_age_s,
        stale_s: cache.stale_s.min(true_for_s - max_age_s),
        by_language: running.depends_on_languages(),
        tags: context.tags.as_ref().filter(|_| shared).map(Tags::list).unwrap_or_default(),
    })
}
