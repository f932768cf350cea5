//! The gateway of a client, made of the settings of a server.

use std::sync::Arc;
use std::time::Duration;

use admission::Settings;
use fetch::{Enforcement, SampledLog, Services, Upstream};
use gateway::{
    Admittance, Credentials, Gateway, GatewayParts, Priorities, RateLimits, Replays, SharedAnswers,
};
use identity::{Clock, Principal};
use registry::OperationStore;
use telemetry::Health;

use crate::any_client::AnyClient;
use crate::config::{Config, Mode};
use crate::preparer::server_preparer;

/// Parts of a gateway that follow neither from its client nor from its services.
pub(crate) struct GatewaySetup {
    pub(crate) clock: Clock,
    pub(crate) log: Arc<SampledLog>,
    pub(crate) health: Arc<Health>,
    pub(crate) replays: Replays,
    pub(crate) rate_limits: RateLimits,
    pub(crate) credentials: Credentials,
}

/// Makes the gateway of a client, which calls these services.
pub(crate) fn gateway(
    client: AnyClient,
    config: &Config,
    services: &Services,
    setup: GatewaySetup,
) -> Gateway {
    let GatewaySetup { clock, log, health, replays, rate_limits, credentials } = setup;
    let preparer = Arc::new(server_preparer(client, config));
    let documents = OperationStore::new(preparer.clone(), config.document_policy(client.operations))
        .with_automatic(config.automatic_bytes(client.operations))
        .with_seen(config.seen_bytes(client.operations));
    let (documents, enforcement) = match config.mode {
        Mode::Development => (documents, Enforcement::enforcing()),
        Mode::Production => (documents.redacted(), Enforcement::counting()),
    };
    let upstream = Upstream::new(services, preparer.policies.clone(), enforcement, log.clone(), health)
        .with_credentials_of_nobody(credentials.of(Principal::anonymous()));
    let admission = &config.admission;
    let settings =
        Settings { min: admission.min_requests, max: admission.max_requests, ..Settings::default() };
    let priorities = Priorities { essential: client.essential, background: client.background };
    Gateway::new(GatewayParts {
        executor: (client.executor)(),
        reasons: (client.reasons)(),
        words: (client.words)(),
        preparer,
        documents: Arc::new(documents),
        upstream: Arc::new(upstream),
        credentials,
        clock,
        log,
        deadline: config.deadline(&client.limits),
        shared: SharedAnswers::new(
            config.cache.response_bytes,
            Duration::from_millis(config.cache.response_ms),
        ),
        replays: Arc::new(replays),
        rate_limits,
        admittance: Admittance::new((admission.max_requests > 0).then_some(settings), priorities),
    })
}
