//! Parts of a gateway.

use std::sync::Arc;
use std::time::Duration;

use fetch::{Reasons, SampledLog, Upstream};
use identity::Clock;
use operation::Preparer;
use registry::OperationStore;
use resolver::Words;

use crate::admit::Admittance;
use crate::credentials::Credentials;
use crate::executor::Execute;
use crate::limit::RateLimits;
use crate::replays::Replays;
use crate::share::SharedAnswers;

/// Parts of a gateway.
pub struct GatewayParts {
    /// Executes operations over the schema of the client.
    pub executor: Box<dyn Execute>,
    /// Reasons of services that are about the principal.
    pub reasons: Reasons,
    /// Texts and codes of errors.
    pub words: Words,
    /// Prepares and plans operations.
    pub preparer: Arc<Preparer>,
    /// The operations that are accepted.
    pub documents: Arc<OperationStore>,
    /// The services.
    pub upstream: Arc<Upstream>,
    /// Credentials for the services.
    pub credentials: Credentials,
    /// The time of day, as resolvers see it.
    pub clock: Clock,
    /// The log.
    pub log: Arc<SampledLog>,
    /// Time until an answer, at most.
    pub deadline: Duration,
    /// Answers that are the same for everybody.
    pub shared: SharedAnswers,
    /// Answers under idempotency keys.
    pub replays: Arc<Replays>,
    /// Quotas.
    pub rate_limits: RateLimits,
    /// Admission of operations.
    pub admittance: Admittance,
}
