//! A client whose resolvers leave their plans: an error in development, a counted deviation in production.

use std::cell::RefCell;
use std::time::Duration;

use async_graphql::{Context, Object};
use bff_kit::Mode;
use bff_kit::host::config::Config;
use bff_kit::host::config::ConfigError;
use bff_kit::schema::{fetch, fetches, send};
use bff_kit::{AnyClient, AnySignIn, SignInSetup};
use bff_kit::{
    AutomaticQueries, Client, ContextExt as _, DocumentPolicy, Limits, Nullable, OperationPolicy, OrNull as _,
};
use downstream::analytics::RecordEvents;
use downstream::catalog::AllCategories;
use fetch::{Policies, Policy, PolicyTable as _};
use http_body_util::Full;
use proto::analytics::Event;

use crate::support::{Pipe, Shop};

struct Wandering;

impl Client for Wandering {
    const NAME: &'static str = "bff-wandering";
    const LIMITS: Limits = Limits { deadline: Duration::from_secs(5), ..Limits::DEFAULT };
    const OPERATIONS: OperationPolicy =
        OperationPolicy { policy: DocumentPolicy::Open, automatic: AutomaticQueries::Never };
    type Query = Query;
    type Mutation = Mutation;

    fn policies() -> Policies {
        Policies::new()
            .fetch::<AllCategories>(Policy::within_ms(2_000))
            .command::<RecordEvents>(Policy::within_ms(2_000))
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
    /// Fetches as it declares.
    #[graphql(directive = fetches::apply(fetch::<AllCategories>([])))]
    async fn declared(&self, ctx: &Context<'_>) -> Nullable<usize> {
        ctx.fetch(AllCategories).await.map(|all| all.categories.len()).or_null()
    }

    /// Fetches without a declaration.
    async fn undeclared(&self, ctx: &Context<'_>) -> Nullable<usize> {
        ctx.fetch(AllCategories).await.map(|all| all.categories.len()).or_null()
    }
}

#[derive(Default)]
struct Mutation;

#[Object]
impl Mutation {
    /// Sends a command twice that it declares once.
    #[graphql(directive = fetches::apply(send::<RecordEvents>([])))]
    async fn twice(&self, ctx: &Context<'_>) -> Nullable<i32> {
        let event = |id: &str| Event {
            id: id.to_owned(),
            name: "seen".to_owned(),
            time: Some(prost_types::Timestamp::default()),
            ..Event::default()
        };
        let both = async {
            let first = ctx.send(RecordEvents { events: vec![event("event-0001")] }).await?;
            let second = ctx.send(RecordEvents { events: vec![event("event-0002")] }).await?;
            Ok(first.recorded_count + second.recorded_count)
        };
        both.await.or_null()
    }
}

/// The client in front of a shop's services.
async fn wandering(mode: Mode) -> (Shop, Pipe) {
    let upstream = RefCell::new(String::new());
    let shop = Shop::with(|config| upstream.borrow_mut().clone_from(&config.upstream.default)).await;
    let configure = |config: &mut Config| {
        config.mode = mode;
        config.upstream.default = upstream.into_inner();
        config.credential.key = Some(domain_stubs::credential::DEVELOPMENT_CREDENTIAL_KEY.into());
    };
    (shop, Pipe::with(AnyClient::of::<Wandering>(), configure, std::future::pending()))
}

/// The metric line that counts the client's deviations.
async fn deviations(pipe: &Pipe) -> String {
    let request = http::Request::get("/metrics").header("host", "bff").body(Full::default()).unwrap();
    let metrics = pipe.http1().await.send(request).await;
    let line = metrics.text.lines().find(|line| line.starts_with("bff_plan_violations_total ")).unwrap();
    line.to_owned()
}

#[tokio::test]
async fn a_call_outside_of_the_plan_fails_in_development() {
    let (shop, pipe) = wandering(Mode::Development).await;
    for (number, document) in ["{ undeclared }", "mutation { twice }"].into_iter().enumerate() {
        let answer = pipe.query(document).await;
        let field = document.trim_start_matches("mutation ").trim_matches(['{', '}', ' ']);
        assert_eq!(answer.errors(), [format!("{field}: INTERNAL_SERVER_ERROR")], "{}", answer.text);
        assert_eq!(deviations(&pipe).await, format!("bff_plan_violations_total {}", number + 1));
    }
    let calls = shop.domain.calls().list();
    assert_eq!(calls.len(), 1, "the first command was planned, and nothing else: {calls:?}");
}

#[tokio::test]
async fn a_call_outside_of_the_plan_is_made_and_counted_in_production() {
    let (shop, pipe) = wandering(Mode::Production).await;
    let answer = pipe.query("{ undeclared }").await.whole();
    assert_eq!(answer.data("/undeclared"), 10);
    assert_eq!(deviations(&pipe).await, "bff_plan_violations_total 1");
    let twice = pipe.query("mutation { twice }").await;
    assert_eq!(deviations(&pipe).await, "bff_plan_violations_total 2");
    assert_eq!(twice.errors(), ["twice: INTERNAL_SERVER_ERROR"], "{}", twice.text);
    let calls = shop.domain.calls().list();
    assert_eq!(calls.len(), 2, "no command is sent a second time in any mode: {calls:?}");
}
