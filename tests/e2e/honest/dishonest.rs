//! A BFF that keeps nothing of what it declares, and the problems that are told of it.

use std::future::ready;
use std::panic::catch_unwind;
use std::sync::atomic::{AtomicI32, Ordering};

use async_graphql::{Context, EmptyMutation};
use bff_kit::host::config::ConfigError;
use bff_kit::{
    AnyClient, AnySignIn, AutomaticQueries, Client, ContextExt as _, DocumentPolicy, Entity, Error, Id,
    Limits, OperationPolicy, SignInSetup, object,
};
use bff_test::{Bff, honest};
use downstream::ProductId;
use downstream::carts::MyCart;
use downstream::catalog::ProductById;
use downstream::inventory::StockOf;
use fetch::{Policies, Policy, PolicyTable as _};
use tokio::task::yield_now;

/// A product, of which nothing but the id is shown.
struct Product;

impl Entity for Product {
    const NAME: &'static str = "Product";
    type Raw = ProductId;
}

/// Queries.
#[object]
struct Query {
    /// Name of a product.
    #[resolve(name(ctx, id), fetch(ProductById(id), reads(brand)), bytes = 200)]
    #[arg(id: Id<Product>, "Id of the product.")]
    name: String,
    /// True if a product is in stock. Null when that cannot be loaded.
    #[resolve(in_stock(ctx, id), fetch(StockOf(id), reads(available)))]
    #[arg(id: Id<Product>, "Id of the product.")]
    in_stock: bool,
    /// Number of the things in the cart.
    #[resolve(count(ctx), fetch(MyCart, reads(item_count)))]
    count: i32,
    /// Two texts at most.
    #[resolve(ready(Ok(vec!["one".to_owned(), "two".to_owned(), "three".to_owned()])), most = 2, bytes = 20)]
    texts: Vec<String>,
    /// An id, whatever it is.
    #[resolve(ready(Ok(id.0)), bytes = 200)]
    #[arg(id: async_graphql::ID, "Id of anything.")]
    echo: String,
}

/// Reads what the field does not say.
async fn name(ctx: &Context<'_>, id: ProductId) -> Result<String, Error> {
    Ok(ctx.fetch(ProductById(id)).await?.name.clone())
}

/// Says that nothing is in stock when nobody knows.
async fn in_stock(ctx: &Context<'_>, id: ProductId) -> Result<bool, Error> {
    Ok(ctx.fetch(StockOf(id)).await.is_ok_and(|stock| stock.available))
}

/// Keeps the cart where the next request finds it.
async fn count(ctx: &Context<'_>) -> Result<i32, Error> {
    static KEPT: AtomicI32 = AtomicI32::new(0);
    KEPT.store(ctx.fetch(MyCart).await?.item_count, Ordering::Relaxed);
    // As long as other work would take.
    for _ in 0..100 {
        yield_now().await;
    }
    Ok(KEPT.load(Ordering::Relaxed))
}

struct Liar;

impl Client for Liar {
    const NAME: &'static str = "bff-liar";
    const LIMITS: Limits = Limits::DEFAULT;
    const OPERATIONS: OperationPolicy =
        OperationPolicy { policy: DocumentPolicy::Open, automatic: AutomaticQueries::Never };
    type Query = Query;
    type Mutation = EmptyMutation;

    fn policies() -> Policies {
        Policies::new()
            .fetch::<MyCart>(Policy::within_ms(300))
            .fetch::<ProductById>(Policy::within_ms(300))
            .fetch::<StockOf>(Policy::within_ms(300))
    }

    fn descriptors() -> &'static [u8] {
        proto::DESCRIPTORS
    }

    fn sign_in(setup: &SignInSetup<'_>) -> Result<AnySignIn, ConfigError> {
        setup.access_tokens()
    }
}

/// The problems of a BFF that is not honest.
fn told(bff: &Bff) -> String {
    let panic = catch_unwind(|| honest(bff)).unwrap_err();
    panic.downcast_ref::<String>().unwrap().clone()
}

#[test]
fn every_declaration_that_a_bff_does_not_keep_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    std::fs::create_dir(folder.path().join("operations")).unwrap();
    write("operations/Stock.graphql", "query Stock($id: ID!) { inStock(id: $id) }");
    let variables = format!(r#"{{ "id": "{}" }}"#, bff_test::id_of("Product", "kettle"));
    write(
        "examples.json",
        &format!(r#"{{ "Stock": {{ "variables": {variables}, "minimal": {variables} }} }}"#),
    );
    let bff = Bff::new(AnyClient::of::<Liar>()).with_contracts(folder.path());
    let told = told(&bff);
    for problem in [
        "- Query.name reads more than it says: ",
        "- Query.echo(id:) does not name `id` as a malformed id: ",
        "- Stock with shop.inventory.v1.InventoryService/BatchGetStock Status(14): the plan promises ",
        "- Query.count tells ",
        "- Query.texts, { texts }: ",
    ] {
        assert!(told.contains(problem), "{problem} is not in {told}");
    }
    assert!(!told.contains("- Query.inStock"), "{told}");
}
