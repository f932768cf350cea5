//! Limits on what a client may ask for.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a client may use. The configuration may say otherwise. `docs/edge.md` says how each is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest request body, in bytes.
    pub body_bytes: usize,
    /// How long a request may take.
    pub deadline: Duration,
    /// Bytes of a document.
    pub bytes: u64,
    /// Fields within fields, introspection aside.
    pub depth: u64,
    /// Tokens of a document, comments included.
    pub tokens: u64,
    /// Fields and fragments that a document selects, with its fragments written out.
    pub selections: u64,
    /// Fields under another name than their own.
    pub aliases: u64,
    /// Fields of the query or mutation itself.
    pub root_fields: u64,
    /// Directives.
    pub directives: u64,
    /// Fields of the answer, those of list items as often as there may be items.
    pub cost: u64,
}

impl Limits {
    /// For a client with no reason to differ: screens of usual size pass, and a document of this size is refused or
    /// prepared within 10 ms.
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

    /// The limit on what is measured of a document.
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

/// What is measured of a document, by its name in [`Limits`].
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Bytes of the text.
    Bytes,
    /// Fields within fields.
    Depth,
    /// Tokens.
    Tokens,
    /// Selections with fragments written out.
    Selections,
    /// Fields under another name.
    Aliases,
    /// Fields of the roots.
    RootFields,
    /// Directives.
    Directives,
    /// Fields of the answer.
    Cost,
}

impl Limit {
    /// All of them.
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

    /// Its name, as the configuration and the metrics have it.
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
