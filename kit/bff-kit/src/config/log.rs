//! Settings of the log.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Settings of the log.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    /// Log lines that are written, such as `"info"` or `"bff_kit=debug,info"`. `h2` writes one for each connection that
    /// it ends; this server reports those itself, in at most one line a second.
    pub filter: String,
    /// Format of log lines: for people, or one JSON object a line.
    pub format: LogFormat,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { filter: "info,h2=error".to_owned(), format: LogFormat::Text }
    }
}

/// Format of log lines.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, Serialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}
