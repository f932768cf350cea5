//! Settings of the admission of requests.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Settings of the admission of requests. How many run at a time follows their latency between these bounds; the others
/// are told to come again.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct AdmissionConfig {
    /// Requests at a time that are admitted however slow the server is.
    #[schemars(range(min = 1))]
    pub min_requests: u32,
    /// Requests at a time that are admitted at most; 0 admits all that the bounds on connections let in.
    pub max_requests: u32,
}

impl Default for AdmissionConfig {
    fn default() -> Self {
        Self { min_requests: 16, max_requests: 1_280 }
    }
}
