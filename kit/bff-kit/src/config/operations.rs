//! Settings of registered operations and automatic persisted queries.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use registry::DocumentPolicy;

/// Settings of registered operations and automatic persisted queries.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct OperationsConfig {
    /// Folder of the contracts with the client, whose manifests are served, such as `"schema/mobile"`. When absent a
    /// binary takes `schema/<client>` of its working directory, where there is one; without any nothing is
    /// registered.
    #[schemars(extend("format" = "path"))]
    pub folder: Option<PathBuf>,
    /// Operations that run: all (`open`), all while those that are not registered are counted and logged (`log`), or
    /// the `registered` ones; the client's own policy when absent.
    pub policy: Option<DocumentPolicy>,
    /// Room for automatic persisted queries, in bytes; the client decides when absent, 0 takes none.
    pub automatic_bytes: Option<u64>,
    /// Room for operations that are not registered, in bytes, so that one that is sent as text again and again is prepared
    /// once; 16 MiB when absent, and 0 where only registered operations run. 0 keeps none.
    pub seen_bytes: Option<u64>,
    /// Runs operations as programs, where all of their fields are data. Otherwise every field runs by its resolver, with the same
    /// answer.
    pub programs: bool,
    /// Time for which the answer to a mutation under an idempotency key is given again, in milliseconds; 0 for never.
    pub replay_ms: u64,
    /// Time between two looks at the folder for other manifests, in milliseconds.
    #[schemars(range(min = 1))]
    pub reload_ms: u64,
}

impl Default for OperationsConfig {
    fn default() -> Self {
        Self {
            folder: None,
            policy: None,
            automatic_bytes: None,
            seen_bytes: None,
            programs: true,
            replay_ms: 24 * 60 * 60 * 1_000,
            reload_ms: 2_000,
        }
    }
}
