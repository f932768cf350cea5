//! What the web shop can ask. Root fields stand here, one file for each type below.

mod category;
mod image;
mod money;
mod price;
mod product;
mod rating;
mod review;
mod review_create;
mod specification;
mod stock;

use async_graphql::connection::Connection;
use async_graphql::{Context, ID, Object};
use bff_kit::schema::{ask, fetches, send};
use bff_kit::{ContextExt as _, Error, Id, OrNull as _, Page};
use downstream::catalog::{AllCategories, ProductById, ProductsIn};
use downstream::reviews::CreateReview;

use category::Category;
use product::{Product, ProductConnectionFields};
use review_create::{ReviewCreateInput, ReviewCreatePayload};

/// Products one page may hold.
const MAX_PRODUCTS: i32 = 50;

/// What the shop can ask.
#[derive(Debug, Default)]
pub struct Query;

/// What the shop can ask.
#[Object]
impl Query {
    /// A product. Null when there is none with this id.
    #[graphql(directive = fetches::apply(ask::<ProductById>(["argument.id"])))]
    async fn product(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the product.")] id: ID,
    ) -> Option<Result<Product, Error>> {
        let product = async {
            let id = Id::<Product>::parse(&id, "id")?;
            ctx.fetch(ProductById(id.raw())).await.map(Product)
        };
        product.await.or_null()
    }

    /// Products of a category, or of all, by name. Several pages fit in one request: select the field once for
    /// each, with `skip` counting on from the same cursor. Null when there is no such category.
    #[graphql(directive = fetches::apply(
        ask::<ProductsIn>(["argument.category", "argument.first", "argument.after", "argument.skip"])
    ))]
    async fn products(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the category; all products when left out.")] category: Option<ID>,
        #[graphql(desc = "Products on the page, 50 at most.", default = 20)] first: i32,
        #[graphql(desc = "Cursor of the product to go on behind.")] after: Option<String>,
        #[graphql(desc = "Products to pass over before the page begins.", default = 0)] skip: i32,
    ) -> Option<Result<Connection<String, Product, ProductConnectionFields>, Error>> {
        let products = async {
            let page = Page::of(first, after.as_deref(), MAX_PRODUCTS)?.further(skip)?;
            let category = category.map(|id| Id::<Category>::parse(&id, "category")).transpose()?;
            let question = ProductsIn {
                category: category.map(|id| id.raw()),
                page_size: page.size,
                page_token: page.token.clone(),
                skip: page.skip,
            };
            let answer = ctx.fetch(question).await?;
            let products = answer.products.iter().cloned().map(Product).collect();
            let fields = ProductConnectionFields { total_count: answer.total_size };
            Ok(page.connection(products, &answer.next_page_token, fields))
        };
        products.await.or_null()
    }

    /// All categories, by name.
    #[graphql(directive = fetches::apply(ask::<AllCategories>([])))]
    async fn categories(&self, ctx: &Context<'_>) -> Option<Result<Vec<Category>, Error>> {
        let categories = ctx.fetch(AllCategories).await;
        categories.map(|all| all.iter().cloned().map(Category).collect()).or_null()
    }
}

/// What the shop can change.
#[derive(Debug, Default)]
pub struct Mutation;

/// What the shop can change.
#[Object]
impl Mutation {
    /// Writes a review of a product in your name.
    #[graphql(directive = fetches::apply(send::<CreateReview>(["argument.input"])))]
    async fn review_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The review.")] input: ReviewCreateInput,
    ) -> Option<Result<ReviewCreatePayload, Error>> {
        Some(review_create::run(ctx, input).await)
    }
}
