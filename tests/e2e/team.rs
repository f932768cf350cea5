//! A team's own words, codes and credentials.

use async_graphql::Context;
use bff_kit::external::http::{HeaderMap, HeaderName, HeaderValue};
use bff_kit::host::config::{Config, ConfigError, ServiceConfig};
use bff_kit::identity::{Actor, Credential, CredentialSource, NoCredential, Principal};
use bff_kit::{
    AnyClient, AnyCredentialSource, AnySignIn, AutomaticQueries, Client, ContextExt as _, CredentialSetup,
    DocumentPolicy, Entity, Error, Id, Limits, OperationPolicy, SignInSetup, Words, object,
};
use bff_test::{Bff, Break, Opened, id_of};
use downstream::ProductId;
use downstream::carts::RemoveFromCart;
use downstream::inventory::StockOf;
use fetch::{Policies, Policy, PolicyTable as _};
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, ready};
use jiff::Timestamp;
use serde_json::{Value, json};

const INVENTORY: &str = "shop.inventory.v1.InventoryService";

struct Product;

impl Entity for Product {
    const NAME: &'static str = "Product";
    type Raw = ProductId;
}

/// Queries.
#[object]
struct Query {
    /// True if a product is in stock.
    #[fetch(StockOf(id), take = available)]
    #[arg(id: Id<Product>, "Id of the product.")]
    in_stock: bool,
    /// True if a product is in stock, for those who are signed in.
    #[requires(signed_in)]
    #[fetch(StockOf(id), take = available)]
    #[arg(id: Id<Product>, "Id of the product.")]
    in_my_shop: bool,
}

/// Mutations.
#[object]
struct Mutation {
    /// Removes a product from the cart. True if that was done.
    #[resolve(remove(ctx, id), send(RemoveFromCart(id)))]
    #[arg(id: Id<Product>, "Id of the product.")]
    remove: bool,
}

async fn remove(ctx: &Context<'_>, product_id: ProductId) -> Result<bool, Error> {
    ctx.send(RemoveFromCart { idempotency_key: "a-key".to_owned(), product_id }).await?;
    Ok(true)
}

/// Names the user in a header of the team's own, and its roles, each in another.
#[derive(Debug)]
struct Headers;

impl CredentialSource for Headers {
    fn credential<'a>(
        &'a self,
        principal: &'a Principal,
        audience: &'a str,
    ) -> BoxFuture<'a, Result<Credential, NoCredential>> {
        let user = match principal.actor() {
            Actor::User(id) => id.to_string(),
            _ => "nobody".to_owned(),
        };
        let headers = [
            ("x-user", user),
            ("x-for", audience.to_owned()),
            ("x-role", "a".to_owned()),
            ("x-role", "b".to_owned()),
        ];
        let headers = headers
            .into_iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::try_from(value).unwrap()));
        ready(Ok(Credential::new(headers.collect(), Timestamp::MAX))).boxed()
    }
}

struct Team;

impl Client for Team {
    const NAME: &'static str = "bff-team";
    const LIMITS: Limits = Limits::DEFAULT;
    const OPERATIONS: OperationPolicy =
        OperationPolicy { policy: DocumentPolicy::Open, automatic: AutomaticQueries::Never };
    const WORDS: Words = Words {
        masked: "Das ging schief.",
        unauthenticated: "Bitte anmelden.",
        declined: "Das geht nicht.",
        codes: &["AS_THE_TEST_WANTS"],
        ..Words::DEFAULT
    };
    type Query = Query;
    type Mutation = Mutation;

    fn policies() -> Policies {
        Policies::new()
            .fetch::<StockOf>(Policy::within_ms(300))
            .command::<RemoveFromCart>(Policy::within_ms(300))
    }

    fn descriptors() -> &'static [u8] {
        proto::DESCRIPTORS
    }

    fn sign_in(setup: &SignInSetup<'_>) -> Result<AnySignIn, ConfigError> {
        setup.access_tokens()
    }

    fn credentials(_: &CredentialSetup<'_>) -> Result<AnyCredentialSource, ConfigError> {
        Ok(Box::new(Headers))
    }
}

fn open(configure: impl FnOnce(&mut Config)) -> Opened {
    Bff::new(AnyClient::of::<Team>()).open_with(configure)
}

/// The only error of an answer: its code and its message.
async fn error(bff: &Opened, query: &str, principal: Option<&str>) -> (Value, Value) {
    let query = query.replace("ID", &id_of("Product", "kettle"));
    let answer = bff.send(&json!({ "query": query }), principal, &[]).await;
    let [error] = answer.body["errors"].as_array().unwrap().as_slice() else { panic!("{}", answer.text) };
    (error["extensions"]["code"].clone(), error["message"].clone())
}

#[tokio::test(start_paused = true)]
async fn errors_speak_in_the_words_of_the_team() {
    let bff = open(|_| {});
    let told = error(&bff, r#"{ inMyShop(id: "ID") }"#, None).await;
    assert_eq!(told, ("UNAUTHENTICATED".into(), "Bitte anmelden.".into()));
    bff.services().break_rpc(&format!("{INVENTORY}/BatchGetStock"), Break::Status(13));
    let told = error(&bff, r#"{ inStock(id: "ID") }"#, Some("ada")).await;
    assert_eq!(told, ("INTERNAL_SERVER_ERROR".into(), "Das ging schief.".into()));
    bff.services().break_rpc("shop.carts.v1.CartService/RemoveItem", Break::Status(9));
    let told = error(&bff, r#"mutation { remove(id: "ID") }"#, Some("ada")).await;
    assert_eq!(told, ("AS_THE_TEST_WANTS".into(), "Das geht nicht.".into()));
}

/// The values of a header.
fn texts<'a>(metadata: &'a HeaderMap, name: &str) -> Vec<&'a str> {
    metadata.get_all(name).iter().map(|value| value.to_str().unwrap()).collect()
}

/// The metadata of the only call that a query makes.
async fn shown(bff: &Opened, query: &str) -> HeaderMap {
    bff.services().forget_calls();
    bff.query(&query.replace("ID", &id_of("Product", "kettle"))).await.whole();
    let [call] = bff.services().calls().try_into().unwrap();
    call.metadata
}

#[tokio::test(start_paused = true)]
async fn services_are_shown_the_credential_of_the_team() {
    let (query, mutation) = (r#"{ inStock(id: "ID") }"#, r#"mutation { remove(id: "ID") }"#);
    let bff = open(|_| {});
    let metadata = shown(&bff, mutation).await;
    assert_eq!(texts(&metadata, "x-user"), ["ada"]);
    assert_eq!(texts(&metadata, "x-for"), ["shop.carts.v1.CartService"]);
    assert_eq!(texts(&metadata, "x-role"), ["a", "b"]);
    assert!(!metadata.contains_key("authorization"));

    let service = |credential| ServiceConfig {
        metadata: Some("x-api-key: secret\nx-role: c".into()),
        credential,
        ..ServiceConfig::default()
    };
    for credential in [true, false] {
        let own = service(credential);
        let bff = open(|config| drop(config.upstream.services.insert(INVENTORY.to_owned(), own)));
        let metadata = shown(&bff, query).await;
        assert_eq!((texts(&metadata, "x-api-key"), texts(&metadata, "x-role")), (vec!["secret"], vec!["c"]));
        assert_eq!(metadata.contains_key("x-user"), credential);
        assert!(!shown(&bff, mutation).await.contains_key("x-api-key"), "another service");
    }
}

#[tokio::test]
async fn metadata_that_cannot_be_sent_is_an_error_that_names_no_value() {
    for (metadata, problem) in [
        ("secret", "line 1 is not `NAME: VALUE`"),
        ("x-a: 1\n\nx y: secret", "line 3 does not begin with the name of a header"),
        ("x-a: sec\u{1}ret", "line 1 holds characters that no header can"),
        ("x-a: secret\nX-A: 2", "line 2 names `x-a` again"),
        ("grpc-timeout: 1S", "line 1 names `grpc-timeout`, which gRPC itself writes"),
        ("Connection: close", "line 1 names `connection`, which gRPC itself writes"),
        (" \n", "holds no `NAME: VALUE`"),
    ] {
        let own = ServiceConfig { metadata: Some(metadata.into()), ..ServiceConfig::default() };
        let mut config = Config::development();
        config.upstream.services.insert(INVENTORY.to_owned(), own);
        let (_dial, listener) = bff_test::network::server();
        let server = bff_kit::host::Server::new(config);
        let network = bff_test::network::Network::default();
        let ended = server.serve(AnyClient::of::<Team>(), listener, network, std::future::pending()).await;
        let error = ended.unwrap_err().to_string();
        assert_eq!(error, format!("upstream.services.{INVENTORY}.metadata: {problem}"));
    }
}
