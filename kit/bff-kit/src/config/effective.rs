//! Settings in effect, with the client's own values in place of absent ones.

use std::sync::Arc;
use std::time::Duration;

use gateway::RateLimits;
use ipnet::IpNet;
use operation::Limits;
use store::Buckets;

use super::credential::DEVELOPMENT_CREDENTIAL_KEY;
use super::{Config, ConfigError, Mode, Secret, checks};
use crate::any_client::AnyClient;
use crate::client::RateLimit;
use registry::{AutomaticQueries, DocumentPolicy, OperationPolicy};

/// Default room for automatic persisted queries where they are accepted, in bytes.
const AUTOMATIC_BYTES: u64 = 16 * 1024 * 1024;

/// Default room for operations that are not registered, in bytes.
const SEEN_BYTES: u64 = 16 * 1024 * 1024;

/// Time that load balancers need to turn to other servers, in milliseconds.
const PRODUCTION_STOP_DELAY_MS: u64 = 5_000;

impl Config {
    /// Returns the key that services share; `None` if there is none.
    pub(crate) fn credential_key(&self) -> Option<&str> {
        let usual = (self.mode == Mode::Development).then_some(DEVELOPMENT_CREDENTIAL_KEY);
        self.credential.key.as_ref().map(Secret::expose).or(usual)
    }

    pub(crate) fn max_body_bytes(&self, limits: &Limits) -> usize {
        self.server.max_body_bytes.unwrap_or(limits.body_bytes)
    }

    pub(crate) fn document_policy(&self, own: OperationPolicy) -> DocumentPolicy {
        let usual = match self.mode {
            Mode::Development => DocumentPolicy::Open,
            Mode::Production => own.policy,
        };
        self.operations.policy.unwrap_or(usual)
    }

    /// Returns the room for automatic persisted queries, in bytes.
    pub(crate) fn automatic_bytes(&self, own: OperationPolicy) -> u64 {
        let takes = match own.automatic {
            AutomaticQueries::Never => false,
            AutomaticQueries::Development => self.mode == Mode::Development,
            AutomaticQueries::Always => true,
        };
        self.operations.automatic_bytes.unwrap_or(if takes { AUTOMATIC_BYTES } else { 0 })
    }

    /// Returns the room for operations that are not registered, in bytes.
    pub(crate) fn seen_bytes(&self, own: OperationPolicy) -> u64 {
        let takes = self.document_policy(own) != DocumentPolicy::Registered;
        self.operations.seen_bytes.unwrap_or(if takes { SEEN_BYTES } else { 0 })
    }

    /// Returns the client's limits, overridden by the configured ones.
    pub(crate) fn limits(&self, own: &Limits) -> Limits {
        let said = &self.limits;
        Limits {
            body_bytes: self.max_body_bytes(own),
            deadline: self.deadline(own),
            bytes: said.bytes.unwrap_or(own.bytes),
            depth: said.depth.unwrap_or(own.depth),
            tokens: said.tokens.unwrap_or(own.tokens),
            selections: said.selections.unwrap_or(own.selections),
            aliases: said.aliases.unwrap_or(own.aliases),
            root_fields: said.root_fields.unwrap_or(own.root_fields),
            directives: said.directives.unwrap_or(own.directives),
            cost: said.cost.unwrap_or(own.cost),
        }
    }

    pub(crate) fn deadline(&self, limits: &Limits) -> Duration {
        self.server.deadline_ms.map_or(limits.deadline, Duration::from_millis)
    }

    /// Returns the time for which an answer under an idempotency key is kept.
    pub(crate) fn replay_time(&self) -> Duration {
        Duration::from_millis(self.operations.replay_ms)
    }

    /// Returns the time for which connections are still accepted after the signal to stop.
    pub(crate) fn stop_delay(&self) -> Duration {
        let usual = match self.mode {
            Mode::Development => 0,
            Mode::Production => PRODUCTION_STOP_DELAY_MS,
        };
        Duration::from_millis(self.server.stop_delay_ms.unwrap_or(usual))
    }

    /// Makes the limiters of a client; replicas count together in `buckets`.
    pub(crate) fn rate_limits(
        &self,
        client: &AnyClient,
        buckets: Option<&Arc<dyn Buckets>>,
    ) -> Result<RateLimits, ConfigError> {
        let own = match self.mode {
            Mode::Development => RateLimit::NONE,
            Mode::Production => client.rate_limit,
        };
        self.rate_limit.limits(client.name, own, buckets)
    }

    /// Returns the networks of proxies that speak for clients.
    pub(crate) fn trusted_proxies(&self) -> Vec<IpNet> {
        self.server.trusted_proxies.iter().filter_map(|text| checks::network(text).ok()).collect()
    }

    /// Returns the configuration with the client's own values in place of absent settings.
    #[must_use]
    pub fn effective(mut self, client: &AnyClient) -> Self {
        let limits = self.limits(&client.limits);
        self.server.max_body_bytes = Some(limits.body_bytes);
        self.server.deadline_ms = u64::try_from(limits.deadline.as_millis()).ok();
        self.server.stop_delay_ms = u64::try_from(self.stop_delay().as_millis()).ok();
        if self.mode == Mode::Production {
            let own = client.rate_limit;
            self.rate_limit.units.get_or_insert(own.units);
            self.rate_limit.address_units.get_or_insert(own.address_units);
        }
        self.operations.policy = Some(self.document_policy(client.operations));
        self.operations.automatic_bytes = Some(self.automatic_bytes(client.operations));
        self.operations.seen_bytes = Some(self.seen_bytes(client.operations));
        let said = &mut self.limits;
        for (said, limit) in [
            (&mut said.bytes, limits.bytes),
            (&mut said.depth, limits.depth),
            (&mut said.tokens, limits.tokens),
            (&mut said.selections, limits.selections),
            (&mut said.aliases, limits.aliases),
            (&mut said.root_fields, limits.root_fields),
            (&mut said.directives, limits.directives),
            (&mut said.cost, limits.cost),
        ] {
            *said = Some(limit);
        }
        self
    }
}
