//! Settings of the credential shown to the services.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use settings::Secret;

/// The credential shown to the services.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct CredentialConfig {
    /// Key that the credential shown to the services is signed with, which they share. Must be set in production, to
    /// 32 bytes or more; in development it is one that everybody can read when absent.
    pub key: Option<Secret>,
}
