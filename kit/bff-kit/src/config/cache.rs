//! Settings of the cache of answers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Settings of the cache of answers that are the same for everybody.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct CacheConfig {
    /// Room for answers to registered operations that came by GET, in bytes; 0 keeps none.
    pub response_bytes: u64,
    /// Time for which such an answer is kept, in milliseconds. It need not be long: it serves requests that come at the
    /// same time, and a cache in front that lost the answer.
    #[schemars(range(min = 1, max = 86_400_000))]
    pub response_ms: u64,
}

impl Default for CacheConfig {
    fn default() -> Self {
        Self { response_bytes: 16 * 1024 * 1024, response_ms: 1_000 }
    }
}
