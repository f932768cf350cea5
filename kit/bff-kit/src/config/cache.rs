//! Settings of the caches.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Settings of the caches of what is the same for everybody.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct CacheConfig {
    /// Room for answers to registered operations that came by GET, in bytes; 0 keeps none.
    pub response_bytes: u64,
    /// Time for which such an answer is kept, in milliseconds. It need not be long: it serves requests that come at the
    /// same time, and a cache in front that lost the answer.
    #[schemars(range(min = 1, max = 86_400_000))]
    pub response_ms: u64,
    /// Room for public values of services, in bytes; 0 keeps none. How long a value counts as fresh, and how long it may
    /// stand in when its service fails, is in the policy of its fetch.
    pub value_bytes: u64,
}

impl Default for CacheConfig {
    fn default() -> Self {
        Self { response_bytes: 16 * 1024 * 1024, response_ms: 1_000, value_bytes: 64 * 1024 * 1024 }
    }
}
