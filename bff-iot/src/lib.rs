//! The BFF of shelf sensors and labels, which wake, send one request and sleep again.

mod policy;
mod schema;

use std::time::Duration;

use bff_kit::host::config::ConfigError;
use bff_kit::{AnyClient, AutomaticQueries, Client, DocumentPolicy, Limits, OperationPolicy};
use bff_kit::{AnySignIn, RateLimit, SignInSetup};
use fetch::{Policies, Reasons};

/// The shelf devices.
#[derive(Debug)]
struct Iot;

/// Returns the client, for the code that runs it.
#[must_use]
#[inline(never)] // Inlined, the whole schema would be compiled again in every crate that takes the client.
pub fn client() -> AnyClient {
    AnyClient::of::<Iot>()
}

impl Client for Iot {
    const NAME: &'static str = "bff-iot";
    const LIMITS: Limits = Limits {
        body_bytes: 4 * 1024,
        deadline: Duration::from_secs(1),
        bytes: 3 * 1024,
        depth: 3,
        tokens: 400,
        selections: 300,
        aliases: 8,
        root_fields: 8,
        directives: 4,
        cost: 400,
    };
    const OPERATIONS: OperationPolicy =
        OperationPolicy { policy: DocumentPolicy::Registered, automatic: AutomaticQueries::Never };
    const REASONS: Reasons = downstream::REASONS;
    // A sensor reports, and a label looks, a few times a minute.
    const RATE_LIMIT: RateLimit = RateLimit { units: 600, address_units: 6_000 };
    const KEY_PREFIX: Option<&'static str> = Some("shopd");
    type Query = schema::Query;
    type Mutation = schema::Mutation;

    fn policies() -> Policies {
        policy::table()
    }

    fn descriptors() -> &'static [u8] {
        proto::DESCRIPTORS
    }

    fn sign_in(setup: &SignInSetup<'_>) -> Result<AnySignIn, ConfigError> {
        setup.api_keys()
    }
}
