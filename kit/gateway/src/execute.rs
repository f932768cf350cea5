//! The stage that runs an operation and makes an answer of its result.

use std::sync::Arc;

use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{Request, Response, ServerError, Value, Variables};
use bytes::Bytes;
use fetch::{CallContext, FailureKind, KeptFresh, Observed, Tags};
use identity::Principal;
use operation::{Cache, CacheScope, Failing, Plan, Prepared, Program, overlong_lists};
use resolver::Error;
use resolver::program::Ran;
use resolver::runtime::{self, Running, in_words, server_error};
use tokio::time::Instant;

use crate::access::Known;
use crate::answer::{self, Answer, Cacheability, Effect};
use crate::explain::{self, Explain};
use crate::parts::GatewayParts;
use crate::report;
use crate::request::GraphqlRequest;

/// A request that is ready to run.
#[derive(Clone)]
pub(crate) struct Run<'a> {
    pub(crate) request: &'a GraphqlRequest,
    pub(crate) operation: &'a Prepared,
    /// The plan; `None` if nothing needs it.
    pub(crate) plan: Option<&'a Plan>,
    /// Variables, coerced to the types that the operation declares.
    pub(crate) variables: &'a Variables,
    pub(crate) principal: Principal,
    /// Fields that the principal may not use.
    pub(crate) forbidden: Vec<Failing>,
    pub(crate) started: Instant,
    pub(crate) known: &'a Known,
}

/// Runs a request that was admitted.
pub(crate) async fn execute(parts: &GatewayParts, run: Run<'_>) -> Answer {
    let (way, mut failing) = match way(parts, &run) {
        Ok(way) => way,
        Err(error) => return Answer::failed(error, run.operation),
    };
    let Run { request, operation, plan, variables, principal, forbidden, started, known } = run;
    // A field that may not be used is told so, whatever else is wrong with it.
    failing.splice(..0, forbidden);
    let explain = request.explain;
    let public = plan.is_some_and(|plan| plan.cache.scope == CacheScope::Public);
    let context = Arc::new(CallContext {
        upstream: parts.upstream.clone(),
        deadline: started + parts.deadline,
        credentials: parts.credentials.of(principal.clone()),
        operation: operation.label().clone(),
        tags: public.then(Tags::default),
        alone: !operation.is_query() || explain == Explain::Analyze,
        brownout: parts.admittance.brownout(),
        kept_fresh: KeptFresh::default(),
        started,
        observed: Observed::default(),
    });
    known.calls(&context);
    let has_failing = !failing.is_empty();
    let running = Running::new(runtime::Parts {
        principal,
        languages: request.languages.clone(),
        now: parts.clock.now(),
        call_graph: operation.call_graph.clone(),
        context: context.clone(),
        failing,
        reasons: parts.reasons,
    });
    // In production nobody pays for looking through answers.
    let held = parts.upstream.enforces();
    let (mut response, data) = match way {
        Way::Program(program) => {
            let Ran { data, errors } = parts.executor.run(program, &running, variables).await;
            let value = if held { serde_json::from_slice(&data).unwrap_or_default() } else { Value::Null };
            let mut response = Response::new(value);
            response.errors = errors;
            (response, Some(data))
        }
        Way::Resolvers(document) => {
            let mut graphql = Request::new("").variables(variables.clone()).data(running.scope());
            graphql.set_parsed_query(document);
            (running.drive(parts.executor.execute(graphql, has_failing)).await, None)
        }
    };
    let rejected = data.is_none()
        && response.data == Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|error| error.path.is_empty());
    let errors =
        response.errors.into_iter().map(|error| report::shown(error, rejected, &parts.log)).collect();
    // Those of fields that failed before they ran are among them now.
    let errors = running.settled(errors).into_iter();
    response.errors = errors.map(|error| in_words(error, &parts.words)).collect();
    let errors = response.errors.iter().filter_map(ServerError::source::<Error>);
    let retry_after = errors.filter_map(Error::retry_after).chain(running.retry_after()).max();
    if held {
        let form = operation.form(&parts.preparer.schema_index, variables);
        let lists = form.map(|(document, _)| too_long(parts, operation, &document, &response.data));
        response.errors.extend(lists.unwrap_or_default());
    }
    answer::bound(&mut response);
    if let Some(degraded) = running.degraded() {
        response.extensions.insert("degraded".to_owned(), degraded);
    }
    let calls = context.observed.calls();
    let analysis = (explain == Explain::Analyze).then(|| explain::Analysis::of(&calls, started.elapsed()));
    if let Some(plan) = plan.filter(|_| explain != Explain::No) {
        response.extensions.insert("plan".to_owned(), explain::extension(plan, analysis.as_ref()));
    }
    let mut answer = Answer {
        response,
        data: data.map(Bytes::from),
        rejected,
        operation_name: operation.name().map(str::to_owned),
        calls: calls.len(),
        cut_short: calls
            .iter()
            .any(|call| matches!(call.failure, Some(FailureKind::Timeout | FailureKind::Overloaded))),
        effect: if context.observed.has_changed() { Effect::Changed } else { Effect::None },
        analysis,
        private: running.depends_on_principal(),
        retry_after,
        ..Answer::default()
    };
    let keeps = explain == Explain::No && operation.is_query() && answer.is_whole();
    answer.keep = plan.filter(|_| keeps).and_then(|plan| keep(&plan.cache, &running, &context));
    answer
}

/// The way in which an operation runs.
enum Way<'a> {
    /// As a program.
    Program(&'a Program),
    /// By the resolvers of the fields of this document.
    Resolvers(ExecutableDocument),
}

/// Returns the way in which a request runs, and the fields that fail before they run.
fn way<'a>(parts: &GatewayParts, run: &Run<'a>) -> Result<(Way<'a>, Vec<Failing>), ServerError> {
    let preparer = &parts.preparer;
    // Fields that fail before they run are for resolvers.
    if run.forbidden.is_empty()
        && let Some(program) = preparer.program(run.operation, run.variables)
    {
        return Ok((Way::Program(program), Vec::new()));
    }
    let (document, failing) = run.operation.form(&preparer.schema_index, run.variables)?;
    Ok((Way::Resolvers(document), failing))
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

/// Returns an error for each list with more items than its field declares.
fn too_long(
    parts: &GatewayParts,
    operation: &Prepared,
    document: &ExecutableDocument,
    data: &Value,
) -> Vec<ServerError> {
    let lists = overlong_lists(&parts.preparer.schema_index, document, data);
    let deviations = lists.iter().filter_map(|list| parts.upstream.deviation(operation.label(), list).err());
    deviations.map(|cause| in_words(server_error(Error::internal(cause)), &parts.words)).collect()
}
