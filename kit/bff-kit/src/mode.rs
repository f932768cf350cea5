//! Users of a process: developers or real ones.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Users of a process.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, Serialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Its developers, who sign in by header and ask for the schema.
    Development,
    /// Real users.
    #[default]
    Production,
}
