//! The stages in their order.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use admission::Shed;
use identity::SignedIn;
use operation::{CacheScope, Code, Preparer, request_error};
use registry::OperationStore;
use telemetry::{Metrics, list};
use tokio::time::Instant;

use crate::access::Known;
use crate::answer::Answer;
use crate::authorise::authorise;
use crate::execute::{Run, execute};
use crate::explain::Explain;
use crate::identify::identify;
use crate::parts::GatewayParts;
use crate::prepare::prepare;
use crate::repetition::Repetition;
use crate::request::{BadKey, GraphqlRequest};

/// Message to a client whose header holds no idempotency key.
const BAD_KEY: &str = "Idempotency-Key must be given once, as 1 to 255 visible ASCII characters.";

/// Answers the requests of one client.
pub struct Gateway {
    parts: GatewayParts,
}

impl Gateway {
    /// Creates a gateway of its parts.
    #[must_use]
    pub const fn new(parts: GatewayParts) -> Self {
        Self { parts }
    }

    /// Answers a request. `may_change` is true if the transport allows mutations. `signed_in` is polled only after the
    /// operation has been accepted. `known` collects facts of the request on the way.
    pub async fn answer(
        self: &Arc<Self>,
        mut request: GraphqlRequest,
        signed_in: impl Future<Output = SignedIn> + Send,
        may_change: bool,
        known: &Arc<Known>,
    ) -> Arc<Answer> {
        let started = Instant::now();
        let deadline = started + self.parts.deadline;
        let (operation, variables) = match prepare(&self.parts, &mut request, may_change) {
            Ok(prepared) => prepared,
            Err(errors) => return Arc::new(Answer::rejected(errors).of_operation(request.operation_name)),
        };
        known.operation(&operation);
        let principal = match identify(signed_in, deadline, &self.parts.log).await {
            Ok(principal) => principal,
            Err(challenge) => {
                return Arc::new(Answer::challenged(&challenge).of_operation(request.operation_name));
            }
        };
        known.principal(&principal);
        let forbidden = authorise(&operation, &principal);
        if let Some(charged) = self.parts.rate_limits.charge(&operation, &principal, request.address).await {
            let rejection = charged.rejection;
            known.charged(charged);
            if let Some(rejection) = rejection {
                return Arc::new(Answer::past_quota(rejection).of_operation(request.operation_name));
            }
        }
        if may_change && self.parts.replays.keeps() && request.explain == Explain::No {
            let client = self.parts.credentials.issuer();
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
                    let run =
                        Run { request, operation, plan, variables, principal, forbidden, started, known };
                    gateway.run(run).await
                };
                return self.parts.replays.answer(repetition, deadline, run).await;
            }
        }
        // The plan decides the cacheability of an answer, so a request that may not be kept needs none unless it is
        // explained.
        let plan = (!may_change || request.explain != Explain::No)
            .then(|| operation.plan(|operation| self.parts.preparer.plan_of(operation)));
        let (operation, variables) = (&operation, &variables);
        let run = Run { request: &request, operation, plan, variables, principal, forbidden, started, known };
        // Boxed, since the future is large and used in several places.
        let answer = || Box::pin(self.run(run.clone()));
        // An answer that depends on the principal belongs to that principal alone, so no request waits for another's.
        let public = plan.is_some_and(|plan| plan.cache.scope == CacheScope::Public);
        if may_change || !public || request.explain != Explain::No {
            return Arc::new(answer().await);
        }
        self.parts.shared.answer(operation, variables, &request.languages, answer).await
    }

    /// Runs a request, unless the server has more work than it can do. What waits for the answer of another request, or
    /// finds it in memory, never comes here: it is no work, and its time says nothing about the services.
    async fn run(&self, run: Run<'_>) -> Answer {
        let permit = match self.parts.admittance.admit(run.operation) {
            Ok(permit) => permit,
            Err(shed) => return Answer::shed(shed, run.operation.name()),
        };
        let answer = execute(&self.parts, run).await;
        match permit {
            Some(permit) if answer.cut_short => permit.cut_short(),
            Some(permit) => permit.completed(),
            None => {}
        }
        answer
    }

    /// Returns an error if a request would not be admitted just now: one for the operation that is registered under this
    /// id, or any at all. So it need not be read.
    ///
    /// # Errors
    /// The delay after which the client may come again.
    pub fn room(&self, id: Option<&str>) -> Result<(), Shed> {
        let operation = id.and_then(|id| self.parts.documents.registered_as(id));
        self.parts.admittance.room(operation.as_deref())
    }

    /// Returns the store of the operations that the gateway accepts.
    #[must_use]
    pub const fn documents(&self) -> &Arc<OperationStore> {
        &self.parts.documents
    }

    /// Returns the preparer of the operations.
    #[must_use]
    pub const fn preparer(&self) -> &Arc<Preparer> {
        &self.parts.preparer
    }

    /// Returns a function that reports the counts of the gateway and its parts.
    pub fn counts(&self) -> impl Fn(&Metrics) + Send + Sync + 'static {
        let (documents, preparer) = (self.parts.documents.clone(), self.parts.preparer.clone());
        let (upstream, replayed) = (self.parts.upstream.clone(), self.parts.replays.replayed());
        let admittance = self.parts.admittance.state();
        move |metrics| {
            admittance(metrics);
            metrics.kept(&list::REPLAYED, None, replayed.load(Ordering::Relaxed));
            let (taken, rejected) = documents.loads();
            metrics.kept(&list::MANIFESTS, Some(("result", "taken")), taken);
            metrics.kept(&list::MANIFESTS, Some(("result", "refused")), rejected);
            metrics.kept(&list::UNREGISTERED, None, documents.unregistered());
            metrics.kept(&list::AUTOMATIC_BYTES, None, documents.automatic_bytes());
            let seen = documents.seen();
            metrics.kept(&list::SEEN_BYTES, None, seen.bytes);
            metrics.kept(&list::SEEN, Some(("result", "found")), seen.found);
            metrics.kept(&list::SEEN, Some(("result", "prepared")), seen.prepared);
            for (limit, count) in preparer.guard.exceeded() {
                metrics.kept(&list::LIMITS, Some(("limit", limit.as_str())), count);
            }
            metrics.kept(&list::DEVIATIONS, None, upstream.deviations());
        }
    }
}
