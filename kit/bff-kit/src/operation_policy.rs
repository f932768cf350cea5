//! Operations that a client may send: registered, sent before, or any.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Operations that a client may send. The configuration may say otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperationPolicy {
    /// Those that run outside development. In development all do.
    pub policy: DocumentPolicy,
    /// Modes in which a document that was sent once may be named by its hash from then on.
    pub automatic: AutomaticQueries,
}

/// Which operations run. A team tightens it step by step.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DocumentPolicy {
    /// All.
    Open,
    /// All; those that are not registered are counted and leave a line in the log.
    Log,
    /// The registered ones.
    Registered,
}

/// Where automatic persisted queries are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AutomaticQueries {
    /// Nowhere.
    Never,
    /// In development.
    Development,
    /// Wherever operations need not be registered.
    Always,
}
