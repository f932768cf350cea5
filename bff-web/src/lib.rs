//! The web shop's BFF: the full graph, with Relay connections and several pages per request.

mod policy;
mod schema;

use std::time::Duration;

use bff_kit::host::config::ConfigError;
use bff_kit::{AnyClient, AutomaticQueries, Client, DocumentPolicy, Limits, OperationPolicy};
use bff_kit::{AnySignIn, SignInSetup};
use fetch::{Policies, Reasons};

/// The shop in a browser.
#[derive(Debug)]
struct Web;

/// Returns the client, for the code that runs it.
#[must_use]
#[inline(never)] // Inlined, the whole schema would be compiled again in every crate that takes the client.
pub fn client() -> AnyClient {
    AnyClient::of::<Web>()
}

impl Client for Web {
    const NAME: &'static str = "bff-web";
    const LIMITS: Limits = Limits {
        body_bytes: 64 * 1024,
        deadline: Duration::from_secs(3),
        bytes: 8 * 1024,
        depth: 14,
        tokens: 1_000,
        selections: 500,
        aliases: 20,
        root_fields: 10,
        directives: 20,
        cost: 8_000,
    };
    const OPERATIONS: OperationPolicy =
        OperationPolicy { policy: DocumentPolicy::Open, automatic: AutomaticQueries::Always };
    const BROWSERS: bool = true;
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
        setup.browser_sessions_and_visitors()
    }
}
