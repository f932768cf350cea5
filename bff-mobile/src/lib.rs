//! The phone app's BFF: one root field per screen, flat and bounded lists, texts ready to show.

mod format;
mod policy;
mod schema;

use std::time::Duration;

use bff_kit::host::config::ConfigError;
use bff_kit::{AnyClient, AutomaticQueries, Client, DocumentPolicy, Limits, OperationPolicy};
use bff_kit::{AnySignIn, SignInSetup};
use fetch::{Policies, Reasons};

/// The phone app.
#[derive(Debug)]
struct Mobile;

/// Returns the client, for the code that runs it.
#[must_use]
#[inline(never)] // Inlined, the whole schema would be compiled again in every crate that takes the client.
pub fn client() -> AnyClient {
    AnyClient::of::<Mobile>()
}

impl Client for Mobile {
    const NAME: &'static str = "bff-mobile";
    const LIMITS: Limits = Limits {
        body_bytes: 16 * 1024,
        deadline: Duration::from_secs(2),
        bytes: 4 * 1024,
        depth: 8,
        tokens: 500,
        selections: 300,
        aliases: 10,
        root_fields: 8,
        directives: 10,
        cost: 2_000,
    };
    const OPERATIONS: OperationPolicy =
        OperationPolicy { policy: DocumentPolicy::Registered, automatic: AutomaticQueries::Development };
    // Who has filled a cart is about to pay.
    const ESSENTIAL: &'static [&'static str] = &["cart"];
    const REASONS: Reasons = downstream::REASONS;
    type Query = schema::Query;
    type Mutation = schema::Mutation;

    fn policies() -> Policies {
        policy::table()
    }

    fn descriptors() -> &'static [u8] {
        proto::DESCRIPTORS
    }

    fn sign_in(setup: &SignInSetup<'_>) -> Result<AnySignIn, ConfigError> {
        setup.access_tokens()
    }
}
