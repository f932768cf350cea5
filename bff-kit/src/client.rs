//! What makes one BFF.

use std::time::Duration;

use async_graphql::{EmptySubscription, ObjectType, Schema, SchemaBuilder, ValidationMode};
use fetch::Policies;

use crate::config::Mode;
use crate::identity::Authenticator;

/// One client of the shop: everything that is its own. The kit does the rest.
pub trait Client: Send + Sync + 'static {
    /// Name of the binary and issuer of the internal credential, such as `"bff-mobile"`.
    const NAME: &'static str;

    /// What it may use.
    const LIMITS: Limits;

    /// The root of queries.
    type Query: ObjectType + Default + 'static;

    /// The root of mutations; [`async_graphql::EmptyMutation`] for a client that changes nothing.
    type Mutation: ObjectType + Default + 'static;

    /// How its calls behave.
    fn policies() -> Policies;

    /// How it finds out who asks.
    fn authenticator(mode: Mode) -> Box<dyn Authenticator>;
}

/// What a client may use. The configuration may say otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Fields within fields.
    pub depth: usize,
    /// Longest request body, in bytes.
    pub body_bytes: usize,
    /// How long a request may take.
    pub deadline: Duration,
}

/// The schema of a client.
pub type ClientSchema<C> = Schema<<C as Client>::Query, <C as Client>::Mutation, EmptySubscription>;

/// Builds a client's schema.
#[must_use]
pub fn schema<C: Client>(mode: Mode) -> ClientSchema<C> {
    schema_builder::<C>(mode).finish()
}

pub(crate) fn schema_builder<C: Client>(
    mode: Mode,
) -> SchemaBuilder<C::Query, C::Mutation, EmptySubscription> {
    let builder = Schema::build(C::Query::default(), C::Mutation::default(), EmptySubscription)
        .validation_mode(ValidationMode::Strict)
        // The outline has bounded the document before; this limit must only not be the tighter one.
        .limit_recursive_depth(256);
    match mode {
        Mode::Development => builder,
        Mode::Production => builder.disable_introspection().disable_suggestions(),
    }
}
