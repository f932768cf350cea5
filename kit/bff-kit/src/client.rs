//! The trait that a BFF implements to describe its client.

use async_graphql::{EmptySubscription, ObjectType, Schema, SchemaBuilder, ValidationMode};
use fetch::{Policies, Reasons};
use operation::Limits;

use crate::identity::Authenticator;
use crate::mode::Mode;
use crate::operation_policy::OperationPolicy;

/// One client of the shop: everything that is its own. The kit does the rest.
pub trait Client: Send + Sync + 'static {
    /// Name of the binary and issuer of the internal credential, such as `"bff-mobile"`.
    const NAME: &'static str;

    /// Limits on its requests.
    const LIMITS: Limits;

    /// Operations it may send.
    const OPERATIONS: OperationPolicy;

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

    /// Policies of its calls.
    fn policies() -> Policies;

    /// The authenticator of its callers.
    fn authenticator(mode: Mode) -> Box<dyn Authenticator>;
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
