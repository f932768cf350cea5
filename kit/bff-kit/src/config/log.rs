//! Settings of the log.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is logged.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    /// Log lines that are written, such as `"info"` or `"bff_kit=debug,info"`. `h2` has one for each connection that it
    /// ends, of which this server writes one a second.
    pub filter: String,
    /// Format of log lines: for people, or one JSON object a line.
    pub format: LogFormat,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { filter: "info,h2=error".to_owned(), format: LogFormat::Text }
    }
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, Serialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}
