//! Limits on the requests of a client.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Limits on the requests and documents of a client. The configuration may override each of them. `docs/edge.md`
/// defines how each is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Maximum length of a request body, in bytes.
    pub body_bytes: usize,
    /// Maximum duration of a request.
    pub deadline: Duration,
    /// Maximum length of a document, in bytes.
    pub bytes: u64,
    /// Maximum depth of nested fields, introspection aside.
    pub depth: u64,
    /// Maximum number of tokens of a document, comments included.
    pub tokens: u64,
    /// Maximum number of fields and fragments that a document selects, with its fragments expanded.
    pub selections: u64,
    /// Maximum number of aliased fields.
    pub aliases: u64,
    /// Maximum number of fields at the root of the query or mutation.
    pub root_fields: u64,
    /// Maximum number of directives.
    pub directives: u64,
    /// Maximum number of fields in the answer; a field of a list item counts once for each possible item.
    pub cost: u64,
}

impl Limits {
    /// Limits for a client with no reason to differ: screens of usual size pass, and a document of this size is
    /// prepared, or fails with a request error, within 10 ms.
    pub const DEFAULT: Self = Self {
        body_bytes: 16 * 1024,
        deadline: Duration::from_secs(3),
        bytes: 8 * 1024,
        depth: 10,
        tokens: 1_000,
        selections: 500,
        aliases: 30,
        root_fields: 20,
        directives: 30,
        cost: 5_000,
    };

    /// Returns the bound of a measured quantity.
    #[must_use]
    pub const fn of(&self, limit: Limit) -> u64 {
        match limit {
            Limit::Bytes => self.bytes,
            Limit::Depth => self.depth,
            Limit::Tokens => self.tokens,
            Limit::Selections => self.selections,
            Limit::Aliases => self.aliases,
            Limit::RootFields => self.root_fields,
            Limit::Directives => self.directives,
            Limit::Cost => self.cost,
        }
    }
}

/// Measured quantity of a document, with the name of its bound in [`Limits`].
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Length of the text, in bytes.
    Bytes,
    /// Depth of nested fields.
    Depth,
    /// Number of tokens.
    Tokens,
    /// Number of selections, with fragments expanded.
    Selections,
    /// Number of aliased fields.
    Aliases,
    /// Number of fields at the roots.
    RootFields,
    /// Number of directives.
    Directives,
    /// Number of fields in the answer.
    Cost,
}

impl Limit {
    /// All measured quantities.
    pub const ALL: [Self; 8] = [
        Self::Bytes,
        Self::Depth,
        Self::Tokens,
        Self::Selections,
        Self::Aliases,
        Self::RootFields,
        Self::Directives,
        Self::Cost,
    ];

    /// Returns the name that the configuration and the metrics use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Depth => "depth",
            Self::Tokens => "tokens",
            Self::Selections => "selections",
            Self::Aliases => "aliases",
            Self::RootFields => "root_fields",
            Self::Directives => "directives",
            Self::Cost => "cost",
        }
    }
}
