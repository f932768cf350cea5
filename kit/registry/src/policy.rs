//! Operations that a client may send: registered, sent before, or any.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The operations that a client may send, unless the configuration overrides them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperationPolicy {
    /// Operations that run outside development. In development all operations run.
    pub policy: DocumentPolicy,
    /// Modes in which a document that was sent once may be named by its hash from then on.
    pub automatic: AutomaticQueries,
}

/// The set of operations that run. A team tightens the policy step by step.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DocumentPolicy {
    /// All operations run.
    Open,
    /// All operations run; operations that are not registered are counted and leave a line in the log.
    Log,
    /// Only registered operations run.
    Registered,
}

/// The condition under which automatic persisted queries are accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AutomaticQueries {
    /// Never.
    Never,
    /// In development.
    Development,
    /// In every mode, if operations need not be registered.
    Always,
}
