//! Settings of the limits on documents.

use operation::Limit;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Limits on documents. An absent limit is the client's own.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsConfig {
    /// Most bytes of a document; the client's own limit when absent.
    #[schemars(range(min = 1))]
    pub bytes: Option<u64>,
    /// Most fields within fields; the client's own limit when absent.
    #[schemars(range(min = 1))]
    pub depth: Option<u64>,
    /// Most tokens of a document, comments included; the client's own limit when absent.
    #[schemars(range(min = 1))]
    pub tokens: Option<u64>,
    /// Most selections of a document, with fragments written out; the client's own limit when absent.
    #[schemars(range(min = 1))]
    pub selections: Option<u64>,
    /// Most fields under another name than their own; the client's own limit when absent.
    pub aliases: Option<u64>,
    /// Most fields of the query or mutation itself; the client's own limit when absent.
    #[schemars(range(min = 1))]
    pub root_fields: Option<u64>,
    /// Most directives of a document; the client's own limit when absent.
    pub directives: Option<u64>,
    /// Most fields of an answer, those of list items as often as there may be items; the client's own limit when
    /// absent.
    #[schemars(range(min = 1))]
    pub cost: Option<u64>,
    /// Limits that are only reported: a document over one runs, is counted and leaves a line in the log.
    pub report_only: Vec<Limit>,
}
