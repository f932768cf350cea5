//! Hedging: a few slow answers are the client's no more, at hardly more calls.

use std::time::Duration;

use async_graphql::{Context, EmptyMutation, Object};
use bff_kit::host::config::Config;
use bff_kit::host::config::ConfigError;
use bff_kit::schema::{fetch, fetches};
use bff_kit::{AnyClient, AnySignIn, SignInSetup};
use bff_kit::{
    AutomaticQueries, Client, ContextExt as _, DocumentPolicy, Limits, Nullable, OperationPolicy, OrNull as _,
};
use downstream::pricing::PriceOf;
use fetch::{Policies, Policy, PolicyTable as _};
use proto::admin::Fault;

use super::load::{Load, percentile, took};
use super::replicas::Replicas;
use super::size;
use crate::support::Pipe;

const PRICE: &str = "{ isPriced }";
const RPC: &str = "shop.pricing.v1.PricingService/BatchGetPrices";

/// Time of the slow answers, and their share.
const SLOW: Duration = Duration::from_millis(200);
const SHARE: f64 = 0.02;

/// Requests of a round.
const ROUND: usize = 400;

/// A client that differs from the other in nothing but the hedges of its one fetch.
struct Shelf<const HEDGES: bool>;

impl<const HEDGES: bool> Client for Shelf<HEDGES> {
    const NAME: &'static str = "bff-wandering";
    const LIMITS: Limits = Limits { deadline: Duration::from_secs(2), ..Limits::DEFAULT };
    const OPERATIONS: OperationPolicy =
        OperationPolicy { policy: DocumentPolicy::Open, automatic: AutomaticQueries::Never };
    type Query = Query;
    type Mutation = EmptyMutation;

    fn policies() -> Policies {
        let policy = Policy::within_ms(1_000);
        Policies::new().fetch::<PriceOf>(if HEDGES { policy.hedge_after_ms(20) } else { policy })
    }

    fn sign_in(setup: &SignInSetup<'_>) -> Result<AnySignIn, ConfigError> {
        setup.access_tokens()
    }
}

#[derive(Default)]
struct Query;

impl bff_kit::program::Shown for Query {}

#[Object]
impl Query {
    #[graphql(directive = fetches::apply(fetch::<PriceOf>([])))]
    async fn is_priced(&self, ctx: &Context<'_>) -> Nullable<bool> {
        ctx.fetch(PriceOf("kettle-gooseneck-09".into())).await.map(|_price| true).or_null()
    }
}

/// A server of one of the two clients, and its figures.
struct Side {
    pipe: Pipe,
    calls: usize,
    times: Vec<Duration>,
}

impl Side {
    fn of(client: AnyClient, replicas: &Replicas) -> Self {
        let configure = |config: &mut Config| config.upstream.default = replicas.addresses();
        let pipe = Pipe::with(client, configure, std::future::pending());
        Self { pipe, calls: 0, times: Vec::new() }
    }

    async fn round(&mut self, replicas: &Replicas) {
        // The list of calls holds a thousand.
        replicas.domain.calls().clear();
        let load = Load::start(&self.pipe, 4, Duration::ZERO, PRICE).await;
        load.answered(ROUND).await;
        let sent = load.stop().await;
        let broken = sent.iter().find(|it| !it.missing.is_empty());
        assert!(broken.is_none(), "{:?}", broken.map(|it| (it.took, &it.missing)));
        self.calls += replicas.domain.calls().list().iter().filter(|call| call.rpc == RPC).count();
        self.times.extend(took(&sent));
    }

    fn percentiles(&self) -> [Duration; 2] {
        [0.5, 0.99].map(|share| percentile(self.times.iter().copied(), share))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hedging_halves_p99_of_a_service_that_is_sometimes_slow() {
    let replicas = Replicas::open(3);
    let latency = prost_types::Duration::try_from(SLOW).ok();
    let fault = Fault { rpc: RPC.to_owned(), latency, latency_rate: SHARE, ..Fault::default() };
    replicas.domain.faults().set(fault).unwrap();
    let mut plain = Side::of(AnyClient::of::<Shelf<false>>(), &replicas);
    let mut hedged = Side::of(AnyClient::of::<Shelf<true>>(), &replicas);
    for _ in 0..size(5, 50) {
        plain.round(&replicas).await;
        hedged.round(&replicas).await;
    }
    let ([p50, p99], [p50_hedged, p99_hedged]) = (plain.percentiles(), hedged.percentiles());
    let (calls, requests) = (hedged.calls, hedged.times.len());
    println!(
        "p50 and p99: {p50:?} and {p99:?} without hedges, {p50_hedged:?} and {p99_hedged:?} with them, \
         at {calls} calls for {requests} requests"
    );
    assert_eq!(plain.calls, plain.times.len());
    assert!(p99 >= SLOW && p99_hedged * 2 <= p99, "{p99_hedged:?} of {p99:?}");
    assert!(calls * 100 <= requests * 105, "{calls} calls for {requests} requests");
}
