//! The trait that a BFF implements to describe its client.

use async_graphql::{EmptySubscription, ObjectType, Schema, SchemaBuilder, ValidationMode};
use fetch::{Policies, Reasons};
use operation::Limits;

use crate::config::ConfigError;
use crate::credentials::{AnyCredentialSource, CredentialSetup};
use crate::sign_in::{AnySignIn, SignInSetup};
use registry::OperationPolicy;
use resolver::Words;
use resolver::program::Shown;

/// A client: its schema, limits, policies and sign-in. The kit does the rest.
pub trait Client: Send + Sync + 'static {
    /// Name of the binary and issuer of the internal credential, such as `"bff-mobile"`.
    const NAME: &'static str;

    /// Limits on the client's requests.
    const LIMITS: Limits;

    /// Operations the client may send.
    const OPERATIONS: OperationPolicy;

    /// True if web pages send the client's operations. In production the server must then know the origins by which it
    /// is reached, to tell its own pages from pages of other sites.
    const BROWSERS: bool = false;

    /// Root fields of queries that matter as much as changes do: when the server has more work than it can do, an
    /// operation with one of them is served before others.
    const ESSENTIAL: &'static [&'static str] = &[];

    /// Root fields of queries that can wait: operations that have these alone are the first to be told to come again.
    const BACKGROUND: &'static [&'static str] = &[];

    /// Prefix of the client's API keys, by which they are recognised, such as `"shopd"`: 2 to 16 lower-case letters and
    /// digits. Absent for clients that sign in by other means.
    const KEY_PREFIX: Option<&'static str> = None;

    /// Units that the client's users, devices and visitors may use in production.
    const RATE_LIMIT: RateLimit = RateLimit::DEFAULT;

    /// Reasons of services that are about the principal. If none is named, `UNAUTHENTICATED` and `PERMISSION_DENIED`
    /// are internal errors, which no client sees.
    const REASONS: Reasons = Reasons { nobody_acts: &[], may_not: &[] };

    /// Texts and codes of errors, where those of the kit are not those of the team.
    const WORDS: Words = Words::DEFAULT;

    /// The root of queries.
    type Query: ObjectType + Shown + Default + 'static;

    /// The root of mutations; [`async_graphql::EmptyMutation`] for a client that changes nothing.
    type Mutation: ObjectType + Default + 'static;

    /// Returns the policies of the client's calls.
    fn policies() -> Policies;

    /// Returns the contracts of the services, as a `google.protobuf.FileDescriptorSet`: `rpc-build` writes them to
    /// `descriptors.bin`. `check` holds calls and paths to them, where they are written by hand, and `bff-test` makes up services
    /// of them.
    #[must_use]
    fn descriptors() -> &'static [u8] {
        &[]
    }

    /// Returns the way in which the client signs in, made of the server's settings.
    ///
    /// # Errors
    /// A setting that the sign-in needs is missing or cannot be used: the server does not start.
    fn sign_in(setup: &SignInSetup<'_>) -> Result<AnySignIn, ConfigError>;

    /// Returns the source of the credentials that services are shown: the one that the settings describe. A team whose
    /// services know other credentials brings a source of its own.
    ///
    /// # Errors
    /// A setting that the source needs is missing or cannot be used: the server does not start.
    fn credentials(setup: &CredentialSetup<'_>) -> Result<AnyCredentialSource, ConfigError> {
        setup.configured()
    }
}

/// Units that may be used in a minute. An operation costs what its plan says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    /// Units of each user or device; 0 for any number.
    pub units: u32,
    /// Units of each address, for requests of nobody; 0 for any number.
    pub address_units: u32,
}

impl RateLimit {
    /// For people, who look at a screen a second at most, and whose addresses others share.
    pub const DEFAULT: Self = Self { units: 12_000, address_units: 60_000 };

    /// Any number of units.
    pub const NONE: Self = Self { units: 0, address_units: 0 };
}

/// The schema of a client.
pub(crate) type ClientSchema<C> = Schema<<C as Client>::Query, <C as Client>::Mutation, EmptySubscription>;

/// Builds the schema of a client. The schema takes operations as valid, because the kit has checked them before.
#[must_use]
pub(crate) fn schema<C: Client>() -> ClientSchema<C> {
    schema_builder::<C>().finish()
}

pub(crate) fn schema_builder<C: Client>() -> SchemaBuilder<C::Query, C::Mutation, EmptySubscription> {
    Schema::build(C::Query::default(), C::Mutation::default(), EmptySubscription)
        .validation_mode(ValidationMode::Fast)
        // The guard has bounded the depth of the document before, so this limit must not be the tighter one.
        .limit_recursive_depth(256)
}
