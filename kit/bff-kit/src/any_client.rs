//! A client without its type parameter, for the code that runs it.

use std::path::{Path, PathBuf};

use fetch::{Policies, Reasons};
use gateway::Execute;
use operation::Limits;
use operation::schema::{Scalars, SchemaIndex};

use crate::client::{Client, RateLimit, schema};
use crate::config::ConfigError;
use crate::credentials::{AnyCredentialSource, CredentialSetup};
use crate::executor::Executor;
use crate::sdl::{internal_sdl, public_sdl};
use crate::sign_in::{AnySignIn, SignInSetup};
use registry::OperationPolicy;
use resolver::Words;
use resolver::program::Rows;

/// A [`Client`] as a value. The code that runs clients takes this value, and so is compiled once; the schema of a client
/// is compiled only where this value is made, which is the client's own crate.
#[derive(Clone, Copy, Debug)]
pub struct AnyClient {
    pub(crate) name: &'static str,
    pub(crate) limits: Limits,
    pub(crate) operations: OperationPolicy,
    pub(crate) browsers: bool,
    pub(crate) essential: &'static [&'static str],
    pub(crate) background: &'static [&'static str],
    pub(crate) rate_limit: RateLimit,
    pub(crate) reasons: fn() -> Reasons,
    pub(crate) words: fn() -> Words,
    pub(crate) policies: fn() -> Policies,
    /// Returns the contracts of the services; empty if the client does not name them.
    #[cfg(feature = "review")]
    pub(crate) descriptors: fn() -> &'static [u8],
    /// Prefix of the API keys of its devices; `None` if it has none.
    pub key_prefix: Option<&'static str>,
    pub(crate) sign_in: fn(&SignInSetup<'_>) -> Result<AnySignIn, ConfigError>,
    pub(crate) credentials: fn(&CredentialSetup<'_>) -> Result<AnyCredentialSource, ConfigError>,
    pub(crate) executor: fn() -> Box<dyn Execute>,
    pub(crate) rows: fn() -> Rows,
    pub(crate) schema_index: fn() -> SchemaIndex,
    pub(crate) public_sdl: fn() -> String,
    pub(crate) internal_sdl: fn() -> String,
}

impl AnyClient {
    /// Returns the value of a client. Call it in one place: a function of the client's crate that has no type parameter
    /// and is never inlined, so that no other crate compiles the schema.
    #[must_use]
    pub fn of<C: Client>() -> Self {
        Self {
            name: C::NAME,
            limits: C::LIMITS,
            operations: C::OPERATIONS,
            browsers: C::BROWSERS,
            essential: C::ESSENTIAL,
            background: C::BACKGROUND,
            rate_limit: C::RATE_LIMIT,
            reasons: || C::REASONS,
            words: || C::WORDS,
            policies: C::policies,
            #[cfg(feature = "review")]
            descriptors: C::descriptors,
            key_prefix: C::KEY_PREFIX,
            sign_in: C::sign_in,
            credentials: C::credentials,
            executor: || Box::new(Executor::<C>::new()),
            rows: Rows::of::<C::Query>,
            schema_index: || {
                let sdl = internal_sdl(&schema::<C>());
                SchemaIndex::of(&sdl).with_scalars(Scalars::of::<C::Query, C::Mutation>())
            },
            public_sdl: || public_sdl(&schema::<C>()),
            internal_sdl: || internal_sdl(&schema::<C>()),
        }
    }

    /// Returns the client with another way to sign in.
    #[must_use]
    pub fn signing_in(self, sign_in: fn(&SignInSetup<'_>) -> Result<AnySignIn, ConfigError>) -> Self {
        Self { sign_in, ..self }
    }

    /// Returns the name of the binary and issuer of the internal credential, such as `"bff-mobile"`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the limits on the client's requests.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Returns the operations that the client may send.
    #[must_use]
    pub fn operations(&self) -> OperationPolicy {
        self.operations
    }

    /// Returns the policies of the client's calls.
    #[must_use]
    pub fn policies(&self) -> Policies {
        (self.policies)()
    }

    /// Returns the contracts of the services, as a `google.protobuf.FileDescriptorSet`; empty if the client names none.
    #[cfg(feature = "review")]
    #[must_use]
    pub fn descriptors(&self) -> &'static [u8] {
        (self.descriptors)()
    }

    /// Returns the schema as clients may know it, sorted.
    #[must_use]
    pub fn public_sdl(&self) -> String {
        (self.public_sdl)()
    }

    /// Returns the schema with `@fetch`, `@reads` and `@bounds`, sorted.
    #[must_use]
    pub fn internal_sdl(&self) -> String {
        (self.internal_sdl)()
    }

    /// Returns the folder of its contracts, where no setting names another: one of the working directory.
    pub(crate) fn contracts_folder(&self) -> PathBuf {
        Path::new("schema").join(self.short_name())
    }

    /// Returns the name without the prefix of the binary: `"mobile"` for `"bff-mobile"`.
    #[must_use]
    pub fn short_name(&self) -> &'static str {
        self.name.strip_prefix("bff-").unwrap_or(self.name)
    }
}
