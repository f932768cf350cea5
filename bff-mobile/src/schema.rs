//! The schema of the phone app. Root fields are in this file, each type is in a file of its own.

mod cart;
mod category;
mod home;
mod mutation;
mod notifications;
mod order;
mod payment_method;
mod price;
mod product;
mod product_page;
mod review;
mod shipping_option;
mod user_error;

use async_graphql::{Context, ID, Object};
use bff_kit::schema::{bounds, fetch, fetches, hoist, items, requires, signed_in};
use bff_kit::{ContextExt as _, Id, Nullable, OrNull as _, Page, Ref};
use downstream::carts::MyCart;
use downstream::catalog::{AllCategories, ProductById, ProductsIn, ProductsMatching};
use downstream::notifications::MyNotifications;
use downstream::orders::MyOrders;

pub(crate) use mutation::Mutation;

use cart::Cart;
use category::Category;
use home::Home;
use notifications::Notifications;
use order::OrderPage;
use product::Product;
use product_page::ProductPage;

/// Root type of the queries of the app: one field per screen.
#[derive(Debug, Default)]
pub(crate) struct Query;

/// Queries of the phone app: one field per screen. Localised texts are in English, French or
/// German, as `Accept-Language` prefers; English by default.
#[Object]
impl Query {
    /// The home screen.
    async fn home(&self) -> Home {
        Home
    }

    /// The product screen. Null when there is no such product.
    #[graphql(directive = fetches::apply(hoist::<Product>(["argument.id"])))]
    async fn product(&self, #[graphql(desc = "Id of the product.")] id: ID) -> Ref<Product> {
        Ref::by(Id::<Product>::parse(&id, "id").map(|id| ProductById(id.raw())))
    }

    /// The list screen: products of a category by name, a page at a time. Null when there is no such category.
    #[graphql(
        directive = fetches::apply(
            fetch::<ProductsIn>(["argument.category", "argument.first", "argument.after"])
        ),
        directive = bounds::apply(items(ProductPage::MAX).by("argument.first").of(["items"]))
    )]
    async fn products(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the category; all products when omitted.")] category: Option<ID>,
        #[graphql(desc = "Products per page, 20 at most.", default = 10)] first: i32,
        #[graphql(desc = "`endCursor` of the previous page.")] after: Option<String>,
    ) -> Nullable<ProductPage> {
        let products = async {
            let page = Page::of(first, after.as_deref(), ProductPage::MAX)?;
            let category = category.map(|id| Id::<Category>::parse(&id, "category")).transpose()?;
            let question = ProductsIn {
                category: category.map(|id| id.raw()),
                page_size: page.size,
                page_token: page.token.clone(),
                skip: page.skip,
            };
            Ok(ProductPage(page, ctx.fetch(question).await?))
        };
        products.await.or_null()
    }

    /// The search screen: products that match every word, best match first, a page at a time.
    #[graphql(
        directive = fetches::apply(
            fetch::<ProductsMatching>(["argument.query", "argument.first", "argument.after"])
        ),
        directive = bounds::apply(items(ProductPage::MAX).by("argument.first").of(["items"]))
    )]
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Words to search for; each matches the beginning of a word.")] query: String,
        #[graphql(desc = "Products per page, 20 at most.", default = 10)] first: i32,
        #[graphql(desc = "`endCursor` of the previous page.")] after: Option<String>,
    ) -> Nullable<ProductPage> {
        let products = async {
            let page = Page::of(first, after.as_deref(), ProductPage::MAX)?;
            let (page_size, page_token, skip) = (page.size, page.token.clone(), page.skip);
            let question = ProductsMatching { query, page_size, page_token, skip };
            Ok(ProductPage(page, ctx.fetch(question).await?))
        };
        products.await.or_null()
    }

    /// The cart screen. Null with error `UNAUTHENTICATED` when nobody is signed in.
    #[graphql(directive = requires::apply(signed_in()), directive = fetches::apply(hoist::<Cart>(["caller"])))]
    async fn cart(&self) -> Ref<Cart> {
        Ref::by(Ok(MyCart))
    }

    /// The notification screen. Null with error `UNAUTHENTICATED` when nobody is signed in.
    #[graphql(
        directive = fetches::apply(hoist::<Notifications>(["caller", "argument.first", "argument.after"])),
        directive = bounds::apply(items(Notifications::MAX).by("argument.first").of(["items"]))
    )]
    async fn notifications(
        &self,
        #[graphql(desc = "Notifications per page, 20 at most.", default = 3)] first: i32,
        #[graphql(desc = "`endCursor` of the previous page.")] after: Option<String>,
    ) -> Ref<Notifications> {
        let page = Page::of(first, after.as_deref(), Notifications::MAX);
        let question =
            |page: Page| MyNotifications { page_size: page.size, page_token: page.token, skip: page.skip };
        Ref::by(page.map(question))
    }

    /// The order screen. Null with error `UNAUTHENTICATED` when nobody is signed in.
    #[graphql(
        directive = requires::apply(signed_in()),
        directive = fetches::apply(fetch::<MyOrders>(["caller", "argument.first", "argument.after"])),
        directive = bounds::apply(items(OrderPage::MAX).by("argument.first").of(["items"]))
    )]
    async fn orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Orders per page, 20 at most.", default = 10)] first: i32,
        #[graphql(desc = "`endCursor` of the previous page.")] after: Option<String>,
    ) -> Nullable<OrderPage> {
        let orders = async {
            let page = Page::of(first, after.as_deref(), OrderPage::MAX)?;
            let question = MyOrders { page_size: page.size, page_token: page.token.clone(), skip: page.skip };
            Ok(OrderPage(page, ctx.fetch(question).await?))
        };
        orders.await.or_null()
    }

    /// All categories, by name.
    #[graphql(directive = fetches::apply(fetch::<AllCategories>([])), directive = bounds::apply(items(100)))]
    async fn categories(&self, ctx: &Context<'_>) -> Nullable<Vec<Category>> {
        let categories = ctx.fetch(AllCategories).await;
        categories.map(|all| all.iter().cloned().map(Category).collect()).or_null()
    }
}
