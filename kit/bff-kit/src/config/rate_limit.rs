//! Settings of the rate limits.

use std::sync::Arc;
use std::time::Duration;

use gateway::RateLimits;
use quota::{Limiter, Quota};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::Buckets;

use super::ConfigError;
use crate::client::RateLimit;

/// Quotas of users, devices and addresses. An operation is charged its cost, as its plan states it: ten units for every
/// call that it may lead to, and one for every key.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct RateLimitConfig {
    /// Units that a user or device may use in a window; 0 for any number. When absent the client's own in production,
    /// and any number in development.
    pub units: Option<u32>,
    /// Units that an address may use in a window with requests of nobody; 0 for any number. When absent the client's own
    /// in production, and any number in development.
    pub address_units: Option<u32>,
    /// Most units at once, of the same or fewer than those of a window; all of a window when absent.
    #[schemars(range(min = 1))]
    pub burst: Option<u32>,
    /// Length of a window, in seconds.
    #[schemars(range(min = 1, max = 86_400))]
    pub window_s: u32,
}

impl Default for RateLimitConfig {
    fn default() -> Self {
        Self { units: None, address_units: None, burst: None, window_s: 60 }
    }
}

impl RateLimitConfig {
    /// Makes the limiters of a client. `own` is its own rate; replicas count together in `buckets`.
    pub(crate) fn limits(
        &self,
        client: &str,
        own: RateLimit,
        buckets: Option<&Arc<dyn Buckets>>,
    ) -> Result<RateLimits, ConfigError> {
        let limiter = |key: &str, name: &str, units: u32| {
            if units == 0 {
                return Ok(None);
            }
            let wrong = |error: quota::QuotaError| ConfigError::new(key, error.to_string());
            let window = Duration::from_secs(self.window_s.into());
            let mut quota = Quota::new(&format!("{client}.{name}"), units, window).map_err(wrong)?;
            if let Some(burst) = self.burst {
                quota = quota.with_burst(burst.min(units)).map_err(wrong)?;
            }
            let limiter = Limiter::new(quota);
            Ok(Some(match buckets {
                Some(buckets) => limiter.sharing(buckets.clone()),
                None => limiter,
            }))
        };
        let (units, address_units) =
            (self.units.unwrap_or(own.units), self.address_units.unwrap_or(own.address_units));
        Ok(RateLimits {
            principals: limiter("rate_limit.units", "principal", units)?,
            addresses: limiter("rate_limit.address_units", "address", address_units)?,
        })
    }
}
