//! A BFF for the phone of a reader, over two services of a library.

mod calls;
pub mod proto;
mod schema;

use async_graphql::EmptyMutation;
use bff_kit::host::config::ConfigError;
use bff_kit::{
    AnyClient, AnySignIn, AutomaticQueries, Client, DocumentPolicy, Limits, OperationPolicy, SignInSetup,
};
use fetch::Policies;

/// The phone of a reader.
struct Reader;

/// Returns the client, for the code that runs it.
#[must_use]
pub fn client() -> AnyClient {
    AnyClient::of::<Reader>()
}

impl Client for Reader {
    const NAME: &'static str = "bff-reader";
    const LIMITS: Limits = Limits::DEFAULT;
    const OPERATIONS: OperationPolicy =
        OperationPolicy { policy: DocumentPolicy::Registered, automatic: AutomaticQueries::Development };
    type Query = schema::Query;
    type Mutation = EmptyMutation;

    fn policies() -> Policies {
        calls::policies()
    }

    fn descriptors() -> &'static [u8] {
        proto::DESCRIPTORS
    }

    fn sign_in(setup: &SignInSetup<'_>) -> Result<AnySignIn, ConfigError> {
        setup.access_tokens()
    }
}
