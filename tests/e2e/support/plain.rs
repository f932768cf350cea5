//! A client with no services and its own queries.

use std::marker::PhantomData;
use std::time::Duration;

use async_graphql::{EmptyMutation, Object, ObjectType};
use bff_kit::host::config::ConfigError;
use bff_kit::program::Shown;
use bff_kit::{AnySignIn, SignInSetup};
use bff_kit::{AutomaticQueries, Client, DocumentPolicy, Limits, OperationPolicy};
use fetch::Policies;
use tokio::time::sleep;

/// A client with no services, whose queries are those of `Q`.
pub(crate) struct Plain<Q = Query>(PhantomData<Q>);

impl<Q: ObjectType + Shown + Default + 'static> Client for Plain<Q> {
    const NAME: &'static str = "bff-plain";
    const LIMITS: Limits = Limits { deadline: Duration::from_secs(5), ..Limits::DEFAULT };
    const OPERATIONS: OperationPolicy =
        OperationPolicy { policy: DocumentPolicy::Open, automatic: AutomaticQueries::Never };
    type Query = Q;
    type Mutation = EmptyMutation;

    fn policies() -> Policies {
        Policies::new()
    }

    fn sign_in(setup: &SignInSetup<'_>) -> Result<AnySignIn, ConfigError> {
        setup.access_tokens()
    }
}

/// Queries with slow answers and with long ones.
#[derive(Default)]
pub(crate) struct Query;

impl Shown for Query {}

#[Object]
impl Query {
    /// The number `ms`, after that many milliseconds.
    async fn after(&self, ms: u64) -> u64 {
        sleep(Duration::from_millis(ms)).await;
        ms
    }

    /// Text of this many thousand letters.
    async fn letters(&self, thousands: u16) -> String {
        "x".repeat(usize::from(thousands) * 1_000)
    }
}
