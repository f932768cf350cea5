//! What the phone app can ask. Root fields stand here, one file for each type below.

mod category;
mod price;
mod product;
mod product_page;
mod review;

use async_graphql::{Context, ID, Object};
use bff_kit::schema::{ask, fetches};
use bff_kit::{ContextExt as _, Error, Id, OrNull as _, Page};
use downstream::catalog::{AllCategories, ProductById, ProductsIn};

use category::Category;
use product::Product;
use product_page::ProductPage;

/// What the app can ask: one field a screen.
#[derive(Debug, Default)]
pub struct Query;

/// What the app can ask: one field a screen.
#[Object]
impl Query {
    /// The product screen. Null when there is no such product.
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

    /// The list screen: products of a category by name, a page at a time. Null when there is no such category.
    #[graphql(directive = fetches::apply(
        ask::<ProductsIn>(["argument.category", "argument.first", "argument.after"])
    ))]
    async fn products(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the category; all products when left out.")] category: Option<ID>,
        #[graphql(desc = "Products on the page, 20 at most.", default = 10)] first: i32,
        #[graphql(desc = "`endCursor` of the page before.")] after: Option<String>,
    ) -> Option<Result<ProductPage, Error>> {
        let products = async {
            let page = Page::of(first, after.as_deref(), ProductPage::MAX)?;
            let category = category.map(|id| Id::<Category>::parse(&id, "category")).transpose()?;
            let question = ProductsIn {
                category: category.map(|id| id.raw()),
                page_size: page.size,
                page_token: page.token.clone(),
                skip: page.skip,
            };
            Ok(ProductPage { products: ctx.fetch(question).await?, page })
        };
        products.await.or_null()
    }

    /// The categories of the list screen, by name.
    #[graphql(directive = fetches::apply(ask::<AllCategories>([])))]
    async fn categories(&self, ctx: &Context<'_>) -> Option<Result<Vec<Category>, Error>> {
        let categories = ctx.fetch(AllCategories).await;
        categories.map(|all| all.iter().cloned().map(Category).collect()).or_null()
    }
}
