//! A client with no services: answers that take long, and answers that are.

use std::time::Duration;

use async_graphql::{EmptyMutation, Object};
use bff_kit::config::Mode;
use bff_kit::identity::{Authenticator, Development};
use bff_kit::{AutomaticQueries, Client, DocumentPolicy, Documents, Limits};
use fetch::Policies;
use tokio::time::sleep;

/// A client with no services.
pub(crate) struct Plain;

impl Client for Plain {
    const NAME: &'static str = "bff-plain";
    const LIMITS: Limits = Limits { deadline: Duration::from_secs(5), ..Limits::DEFAULT };
    const DOCUMENTS: Documents =
        Documents { policy: DocumentPolicy::Open, automatic: AutomaticQueries::Never };
    type Query = Query;
    type Mutation = EmptyMutation;

    fn policies() -> Policies {
        Policies::new()
    }

    fn authenticator(mode: Mode) -> Box<dyn Authenticator> {
        Box::new(Development::user(mode))
    }
}

#[derive(Default)]
pub(crate) struct Query;

#[Object]
impl Query {
    /// The number, after so many milliseconds.
    async fn after(&self, ms: u64) -> u64 {
        sleep(Duration::from_millis(ms)).await;
        ms
    }

    /// So many letters, in thousands.
    async fn letters(&self, thousands: u16) -> String {
        "x".repeat(usize::from(thousands) * 1_000)
    }
}
