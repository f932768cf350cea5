//! What makes one BFF.

use std::time::Duration;

use async_graphql::{EmptySubscription, ObjectType, Schema, SchemaBuilder, ValidationMode};
use fetch::{Policies, Reasons};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::Mode;
use crate::identity::Authenticator;

/// One client of the shop: everything that is its own. The kit does the rest.
pub trait Client: Send + Sync + 'static {
    /// Name of the binary and issuer of the internal credential, such as `"bff-mobile"`.
    const NAME: &'static str;

    /// What it may use.
    const LIMITS: Limits;

    /// Which operations it may send.
    const DOCUMENTS: Documents;

    /// Pages in browsers send its operations. A server for real users must then know by which origins it is reached, so
    /// that it tells its own pages from those of others.
    const BROWSERS: bool = false;

    /// Reasons by which its services speak of who acts. Where none is named, `UNAUTHENTICATED` and
    /// `PERMISSION_DENIED` are faults of this server and never said to a client.
    const REASONS: Reasons = Reasons { nobody_acts: &[], may_not: &[] };

    /// The root of queries.
    type Query: ObjectType + Default + 'static;

    /// The root of mutations; [`async_graphql::EmptyMutation`] for a client that changes nothing.
    type Mutation: ObjectType + Default + 'static;

    /// How its calls behave.
    fn policies() -> Policies;

    /// How it finds out who asks.
    fn authenticator(mode: Mode) -> Box<dyn Authenticator>;
}

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

/// Which operations a client may send. The configuration may say otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Documents {
    /// Which of them run outside development. In development all do.
    pub policy: DocumentPolicy,
    /// Where a document that was sent once may be named by its hash from then on.
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

/// The schema of a client.
pub type ClientSchema<C> = Schema<<C as Client>::Query, <C as Client>::Mutation, EmptySubscription>;

/// Builds the schema of a client. It takes operations for valid: the kit has looked at them before.
#[must_use]
pub fn schema<C: Client>() -> ClientSchema<C> {
    schema_builder::<C>().finish()
}

pub(crate) fn schema_builder<C: Client>() -> SchemaBuilder<C::Query, C::Mutation, EmptySubscription> {
    Schema::build(C::Query::default(), C::Mutation::default(), EmptySubscription)
        .validation_mode(ValidationMode::Fast)
        // The guard has bounded the document before; this limit must only not be the tighter one.
        .limit_recursive_depth(256)
}
