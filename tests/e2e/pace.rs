//! A slow producer delays no other branch, and no batch is split.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_graphql::{Context, EmptyMutation, Object};
use bff_kit::host::config::ConfigError;
use bff_kit::schema::{bounds, fetch, fetches, items};
use bff_kit::{AnyClient, AnySignIn, SignInSetup};
use bff_kit::{
    AutomaticQueries, Client, ContextExt as _, DocumentPolicy, Error, Limits, OperationPolicy, OrNull as _,
};
use fetch::{BatchResult, Call, Fetch, Policies, Policy, PolicyTable as _, Rpc};
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::support::Pipe;

/// A client whose screen has branches of different speed, each of which leads to products.
struct Screen;

impl Client for Screen {
    const NAME: &'static str = "bff-screen";
    const LIMITS: Limits = Limits { deadline: Duration::from_secs(5), cost: u64::MAX, ..Limits::DEFAULT };
    const OPERATIONS: OperationPolicy =
        OperationPolicy { policy: DocumentPolicy::Open, automatic: AutomaticQueries::Never };
    type Query = Query;
    type Mutation = EmptyMutation;

    fn policies() -> Policies {
        let policy = Policy::within_ms(5_000);
        Policies::new()
            .fetch::<Cart>(policy)
            .fetch::<Orders>(policy)
            .fetch::<Recommendations>(policy)
            .fetch::<ProductOf>(policy)
            .fetch::<NumberOf>(policy)
            .fetch::<Single>(policy)
    }

    fn sign_in(setup: &SignInSetup<'_>) -> Result<AnySignIn, ConfigError> {
        setup.access_tokens()
    }
}

/// Loads every key, after some time, with the number of keys in the batch.
async fn after<F: Fetch<Value = usize>>(ms: u64, keys: &[F]) -> BatchResult<F> {
    if ms > 0 {
        sleep(Duration::from_millis(ms)).await;
    }
    let size = keys.len();
    let results: Vec<_> = keys.iter().cloned().map(|key| (key, Ok(size))).collect();
    BatchResult::matched(keys, results)
}

macro_rules! branch {
    ($name:ident) => {
        /// A producer that takes as many milliseconds as its key says.
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        struct $name(u64);

        impl Fetch for $name {
            const NAME: &'static str = stringify!($name);
            const RPC: Rpc = Rpc::read(concat!("test.v1.TestService/", stringify!($name)));
            const MAX_KEYS: usize = 10;
            const READS: &'static [&'static str] = &["id"];
            type Value = usize;

            async fn batch(keys: &[Self], _call: Call<'_>) -> BatchResult<Self> {
                after(keys[0].0, keys).await
            }
        }
    };
}

branch!(Cart);
branch!(Orders);
branch!(Recommendations);

/// A product, whose fetch takes 50 ms.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct ProductOf(u32);

impl Fetch for ProductOf {
    const NAME: &'static str = "ProductOf";
    const RPC: Rpc = Rpc::read("test.v1.TestService/BatchGetProducts");
    const MAX_KEYS: usize = 1_000;
    const READS: &'static [&'static str] = &["id"];
    type Value = usize;

    async fn batch(keys: &[Self], _call: Call<'_>) -> BatchResult<Self> {
        after(50, keys).await
    }
}

/// A fetch that loads at once.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct NumberOf(usize);

impl Fetch for NumberOf {
    const NAME: &'static str = "NumberOf";
    const RPC: Rpc = Rpc::read("test.v1.TestService/BatchGetNumbers");
    const MAX_KEYS: usize = usize::MAX;
    const READS: &'static [&'static str] = &["id"];
    type Value = usize;

    async fn batch(keys: &[Self], _call: Call<'_>) -> BatchResult<Self> {
        after(0, keys).await
    }
}

#[derive(Default)]
struct Query;

impl bff_kit::program::Shown for Query {}

#[Object]
impl Query {
    #[graphql(directive = fetches::apply(fetch::<Cart>(["argument.ms"])), directive = bounds::apply(items(4)))]
    async fn cart(&self, ctx: &Context<'_>, ms: u64) -> Option<Result<Vec<Line>, Error>> {
        ctx.fetch(Cart(ms)).await.map(|_| lines(0)).or_null()
    }

    #[graphql(directive = fetches::apply(fetch::<Orders>(["argument.ms"])), directive = bounds::apply(items(4)))]
    async fn orders(&self, ctx: &Context<'_>, ms: u64) -> Option<Result<Vec<Line>, Error>> {
        ctx.fetch(Orders(ms)).await.map(|_| lines(10)).or_null()
    }

    #[graphql(directive = fetches::apply(fetch::<Recommendations>(["argument.ms"])), directive = bounds::apply(items(4)))]
    async fn recommendations(&self, ctx: &Context<'_>, ms: u64) -> Option<Result<Vec<Line>, Error>> {
        ctx.fetch(Recommendations(ms)).await.map(|_| lines(20)).or_null()
    }

    /// Lines that are known only after two calls.
    #[graphql(directive = fetches::apply(fetch::<Recommendations>(["argument.ms"]).then::<Orders>()), directive = bounds::apply(items(4)))]
    async fn earlier(&self, ctx: &Context<'_>, ms: u64) -> Option<Result<Vec<Line>, Error>> {
        let both = async {
            ctx.fetch(Recommendations(ms)).await?;
            ctx.fetch(Orders(ms + 1)).await.map(|_| lines(30))
        };
        both.await.or_null()
    }

    /// Sum of what twenty calls for one key each return.
    #[graphql(directive = fetches::apply(fetch::<Single>([]).each(20)))]
    async fn sum(&self, ctx: &Context<'_>) -> Option<Result<usize, Error>> {
        let numbers = ctx.fetch_all((0..20).map(Single)).await;
        numbers.into_iter().sum::<Result<usize, Error>>().or_null()
    }

    #[graphql(directive = bounds::apply(items(300)))]
    async fn numbers(&self, to: usize) -> Vec<Number> {
        (0..to).map(Number).collect()
    }
}

/// A number whose RPC takes one key, 10 ms a call.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Single(usize);

/// Calls of `Single` that run, and the most that ever did.
static RUNNING: (AtomicUsize, AtomicUsize) = (AtomicUsize::new(0), AtomicUsize::new(0));

impl Fetch for Single {
    const NAME: &'static str = "Single";
    const RPC: Rpc = Rpc::read("test.v1.TestService/GetNumber");
    const MAX_KEYS: usize = 1;
    const AT_ONCE: usize = 4;
    const READS: &'static [&'static str] = &["id"];
    type Value = usize;

    async fn batch(keys: &[Self], _call: Call<'_>) -> BatchResult<Self> {
        let running = RUNNING.0.fetch_add(1, Ordering::SeqCst) + 1;
        RUNNING.1.fetch_max(running, Ordering::SeqCst);
        let results = after(10, keys).await;
        RUNNING.0.fetch_sub(1, Ordering::SeqCst);
        results
    }
}

fn lines(from: u32) -> Vec<Line> {
    (from..from + 4).map(Line).collect()
}

struct Line(u32);

#[Object]
impl Line {
    /// Number of products in the batch of this one.
    #[graphql(directive = fetches::apply(fetch::<ProductOf>(["parent.id"])))]
    async fn product(&self, ctx: &Context<'_>) -> Option<Result<usize, Error>> {
        ctx.fetch(ProductOf(self.0)).await.or_null()
    }

    /// Number of products in the batch of this one, which is coalesced with all other coalesced fetches of the request.
    #[graphql(directive = fetches::apply(fetch::<ProductOf>(["parent.id"]).coalesced()))]
    async fn coalesced(&self, ctx: &Context<'_>) -> Option<Result<usize, Error>> {
        ctx.fetch(ProductOf(self.0)).await.or_null()
    }
}

struct Number(usize);

#[Object]
impl Number {
    /// Numbers further on, each with a fetch of its own.
    #[graphql(
        directive = fetches::apply(fetch::<NumberOf>(["parent.id"]).each(2)),
        directive = bounds::apply(items(2))
    )]
    async fn next(&self, ctx: &Context<'_>) -> Option<Result<Vec<Number>, Error>> {
        let next = [1_000, 2_000].map(|step| self.0 + step);
        let answers = ctx.fetch_all(next.map(NumberOf)).await;
        answers
            .into_iter()
            .collect::<Result<Vec<_>, _>>()
            .map(|_| next.into_iter().map(Number).collect())
            .or_null()
    }

    /// Number of numbers in the batch of this one.
    #[graphql(directive = fetches::apply(fetch::<NumberOf>(["parent.id"])))]
    async fn together(&self, ctx: &Context<'_>) -> Option<Result<usize, Error>> {
        ctx.fetch(NumberOf(self.0)).await.or_null()
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_branch_never_delays_a_fast_one() {
    let pipe = Pipe::open(AnyClient::of::<Screen>());
    // A warm-up, so that the one-time work of a first request is not measured.
    pipe.query("{ numbers(to: 1) { together } }").await.whole();
    for [cart, orders, recommendations] in [[5, 20, 40], [40, 5, 20], [20, 40, 5]] {
        let query = format!(
            "{{ cart(ms: {cart}) {{ product }} orders(ms: {orders}) {{ product }}
               recommendations(ms: {recommendations}) {{ product }} }}"
        );
        let start = Instant::now();
        let answer = pipe.query(&query).await.whole();
        let took = start.elapsed().as_millis();
        assert!((90..95).contains(&took), "{took} ms");
        for branch in ["cart", "orders", "recommendations"] {
            // Three calls of four products each, none waiting for another.
            assert_eq!(answer.data(&format!("/{branch}/0/product")), &json!(4));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_coalesced_field_waits_for_the_slowest_branch() {
    let pipe = Pipe::open(AnyClient::of::<Screen>());
    pipe.query("{ numbers(to: 1) { together } }").await.whole();
    // The slowest branch needs two calls of 20 and 21 ms before it knows its products.
    let query =
        "query All { cart(ms: 5) { coalesced } orders(ms: 10) { coalesced } earlier(ms: 20) { coalesced } }";
    let start = Instant::now();
    let answer = pipe.query(query).await.whole();
    let took = start.elapsed().as_millis();
    assert!((91..96).contains(&took), "{took} ms");
    assert_eq!(answer.text.matches("\"coalesced\":12").count(), 12, "{}", answer.text);

    let plan = bff_kit::host::preparer(AnyClient::of::<Screen>()).plan(query).unwrap();
    let calls: Vec<_> = plan.waves.iter().map(ToString::to_string).collect();
    assert_eq!(calls, ["Cart, Orders, Recommendations", "Orders", "BatchGetProducts"]);
    assert_eq!(plan.waves[2].calls[0].fields, ["cart.coalesced", "orders.coalesced", "earlier.coalesced"]);
}

#[tokio::test(start_paused = true)]
async fn calls_for_one_key_each_run_a_few_at_a_time_and_as_the_plan_says() {
    let pipe = Pipe::open(AnyClient::of::<Screen>());
    pipe.query("{ numbers(to: 1) { together } }").await.whole();
    let start = Instant::now();
    let answer = pipe.query("query Sum { sum }").await.whole();
    let took = start.elapsed().as_millis();
    assert_eq!(answer.data("/sum"), &json!(20));
    assert!((50..55).contains(&took), "{took} ms");
    assert_eq!(RUNNING.1.load(Ordering::SeqCst), 4);

    let plan = bff_kit::host::preparer(AnyClient::of::<Screen>()).plan("query Sum { sum }").unwrap();
    assert_eq!((plan.total.calls, plan.total.keys), (20, 20));
    assert!(plan.to_string().contains("at most 20, of a key each, 4 at a time"), "{plan}");
    // All of them end within the timeout of one.
    assert_eq!(plan.waves[0].until_ms, 5_000);
}

#[tokio::test(start_paused = true)]
async fn one_branch_takes_its_own_time_and_that_of_its_products() {
    let pipe = Pipe::open(AnyClient::of::<Screen>());
    for (query, expected) in [
        ("{ cart(ms: 5) { product } }", 55),
        ("{ a: cart(ms: 5) { product } b: cart(ms: 5) { product } }", 55),
        ("{ cart(ms: 5) { a: product b: product } }", 55),
    ] {
        let start = Instant::now();
        let answer = pipe.query(query).await.whole();
        let took = start.elapsed().as_millis();
        assert!((expected..expected + 5).contains(&took), "{took} ms: {}", answer.text);
    }
}

/// Thousands of fetches that load at once, on two threads: the case in which batches are split if they are sent by
/// timer or after a number of yields.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_batch_is_whole_whatever_the_number_of_threads() {
    let pipe = Pipe::open(AnyClient::of::<Screen>());
    for _ in 0..100 {
        let answer = pipe.query("{ numbers(to: 300) { next { together next { together } } } }").await.whole();
        // After the first step, `together` and `next` fetch at the same time: 1,200 different numbers.
        assert_eq!(answer.text.matches("\"together\":1200").count(), 600);
        // After the second step, 1,200 fields fetch 900 different numbers.
        assert_eq!(answer.text.matches("\"together\":900").count(), 1_200);
    }
}
