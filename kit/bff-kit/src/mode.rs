//! The mode of a process: for developers or for real users.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Mode of a process, which depends on its users.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, Serialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// For developers, who may sign in by header and introspect the schema.
    Development,
    /// For real users.
    #[default]
    Production,
}
