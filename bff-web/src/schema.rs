//! The schema of the web shop. Root fields are in this file, each type is in a file of its own.

mod cart;
mod category;
mod image;
mod money;
mod mutation;
mod node;
mod notification;
mod order;
mod payment_method;
mod preferences;
mod price;
mod product;
mod rating;
mod review;
mod shipping_option;
mod specification;
mod stock;
mod user;
mod user_error;

use async_graphql::{Context, ID, Object};
use bff_kit::schema::{bounds, fetch, fetches, hoist, items, requires, signed_in};
use bff_kit::{Connection, ContextExt as _, Error, Id, Nullable, OrNull as _, Page, Ref};
use downstream::carts::MyCart;
use downstream::catalog::{AllCategories, ProductById, ProductsIn, ProductsMatching};
use downstream::notifications::MyNotifications;
use downstream::orders::{MyOrders, OrderById};

pub(crate) use mutation::Mutation;

use cart::Cart;
use category::Category;
use node::Node;
use notification::{Notification, NotificationConnectionFields};
use order::{Order, OrderConnectionFields};
use product::{Product, ProductConnectionFields};
use user::{Dashboard, Viewer};

/// Upper bound on the products of one page.
const MAX_PRODUCTS: i32 = 50;

/// Upper bound on the objects that one `nodes` field may name.
const MAX_NODES: i32 = 50;

/// Root type of the queries of the shop.
#[derive(Debug, Default)]
pub(crate) struct Query;

/// Queries of the web shop.
#[Object]
impl Query {
    /// A product. Null when there is no such product.
    #[graphql(directive = fetches::apply(hoist::<Product>(["argument.id"])))]
    async fn product(&self, #[graphql(desc = "Id of the product.")] id: ID) -> Ref<Product> {
        Ref::by(Id::<Product>::parse(&id, "id").map(|id| ProductById(id.raw())))
    }

    /// Products of a category, or all products, by name. Several pages fit in one request: select
    /// the field once per page, with the same `after` and increasing `skip`. Null when there is no
    /// such category.
    #[graphql(
        directive = fetches::apply(
            fetch::<ProductsIn>(["argument.category", "argument.first", "argument.after", "argument.skip"])
        ),
        directive = bounds::apply(items(MAX_PRODUCTS).by("argument.first").of(["edges", "nodes"]))
    )]
    async fn products(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the category; all products when omitted.")] category: Option<ID>,
        #[graphql(desc = "Products per page, 50 at most.", default = 20)] first: i32,
        #[graphql(desc = "Cursor of the product to continue after.")] after: Option<String>,
        #[graphql(desc = "Products to skip, counted from `after`.", default = 0)] skip: i32,
    ) -> Nullable<Connection<Product, ProductConnectionFields>> {
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
            Ok(product::connection(&page, &answer))
        };
        products.await.or_null()
    }

    /// Products that match every word, best match first. Several pages fit in one request, as with
    /// `products`.
    #[graphql(
        directive = fetches::apply(
            fetch::<ProductsMatching>(["argument.query", "argument.first", "argument.after", "argument.skip"])
        ),
        directive = bounds::apply(items(MAX_PRODUCTS).by("argument.first").of(["edges", "nodes"]))
    )]
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Words to search for; each matches the beginning of a word.")] query: String,
        #[graphql(desc = "Products per page, 50 at most.", default = 20)] first: i32,
        #[graphql(desc = "Cursor of the product to continue after.")] after: Option<String>,
        #[graphql(desc = "Products to skip, counted from `after`.", default = 0)] skip: i32,
    ) -> Nullable<Connection<Product, ProductConnectionFields>> {
        let products = async {
            let page = Page::of(first, after.as_deref(), MAX_PRODUCTS)?.further(skip)?;
            let question = ProductsMatching {
                query,
                page_size: page.size,
                page_token: page.token.clone(),
                skip: page.skip,
            };
            let answer = ctx.fetch(question).await?;
            Ok(product::connection(&page, &answer))
        };
        products.await.or_null()
    }

    /// Account of the signed-in customer. Null when nobody is signed in.
    #[graphql(directive = fetches::apply(hoist::<Viewer>(["caller"])))]
    async fn viewer(&self, ctx: &Context<'_>) -> Option<Ref<Viewer>> {
        user::me(ctx)
    }

    /// Dashboard of the signed-in customer.
    async fn dashboard(&self) -> Dashboard {
        Dashboard
    }

    /// Cart of the signed-in customer, or of the visitor whom `POST /auth/visit` has made known. Null for anybody else.
    #[graphql(directive = fetches::apply(fetch::<MyCart>(["caller"])))]
    async fn cart(&self, ctx: &Context<'_>) -> Nullable<Cart> {
        cart::owner(ctx)?;
        cart::mine(ctx).await.or_null()
    }

    /// Orders of the signed-in customer, newest first. Null with error `UNAUTHENTICATED` when
    /// nobody is signed in.
    #[graphql(
        directive = requires::apply(signed_in()),
        directive = fetches::apply(fetch::<MyOrders>(["caller", "argument.first", "argument.after"])),
        directive = bounds::apply(items(order::MAX_ORDERS).by("argument.first").of(["edges", "nodes"]))
    )]
    async fn orders(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Orders per page, 50 at most.", default = 10)] first: i32,
        #[graphql(desc = "Cursor of the order to continue after.")] after: Option<String>,
    ) -> Nullable<Connection<Order, OrderConnectionFields>> {
        order::mine(ctx, first, after).await.or_null()
    }

    /// An order of the signed-in customer. Null when there is none with this id.
    #[graphql(directive = fetches::apply(fetch::<OrderById>(["argument.id"])))]
    async fn order(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the order.")] id: ID,
    ) -> Nullable<Order> {
        let order = async {
            let id = Id::<Order>::parse(&id, "id")?;
            ctx.fetch(OrderById(id.raw())).await.map(Order)
        };
        order.await.or_null()
    }

    /// Notifications of the signed-in customer, newest first. Null when nobody is signed in.
    #[graphql(
        directive = fetches::apply(fetch::<MyNotifications>(["caller", "argument.first", "argument.after"])),
        directive = bounds::apply(
            items(notification::MAX_NOTIFICATIONS).by("argument.first").of(["edges", "nodes"])
        )
    )]
    async fn notifications(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Notifications per page, 50 at most.", default = 10)] first: i32,
        #[graphql(desc = "Cursor of the notification to continue after.")] after: Option<String>,
    ) -> Nullable<Connection<Notification, NotificationConnectionFields>> {
        ctx.scope().principal().user()?;
        notification::mine(ctx, first, after).await.or_null()
    }

    /// The object with this id. Null when there is none, or when it is another customer's.
    #[graphql(directive = fetches::apply(node::steps("argument.id")))]
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "Id of the object.")] id: ID) -> Nullable<Node> {
        node::find(ctx, &id, "id").await.or_null()
    }

    /// The objects with these ids, in the order of the ids, 50 at most. An item is null when there
    /// is no such object, or when it is another customer's.
    #[graphql(
        directive = fetches::apply(node::steps("argument.ids")),
        directive = bounds::apply(items(MAX_NODES).by("argument.ids"))
    )]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Ids of the objects, 50 at most.")] ids: Vec<ID>,
    ) -> Nullable<Vec<Nullable<Node>>> {
        if ids.len() > MAX_NODES.unsigned_abs() as usize {
            return Some(Err(Error::bad_input("ids", format!("names more than {MAX_NODES}"))));
        }
        let find = async |(index, id)| node::find(ctx, id, &format!("ids.{index}")).await.or_null();
        let nodes = ids.iter().enumerate().map(find);
        Some(Ok(futures_util::future::join_all(nodes).await))
    }

    /// All categories, by name.
    #[graphql(directive = fetches::apply(fetch::<AllCategories>([])), directive = bounds::apply(items(100)))]
    async fn categories(&self, ctx: &Context<'_>) -> Nullable<Vec<Category>> {
        let categories = ctx.fetch(AllCategories).await;
        categories.map(|all| all.iter().cloned().map(Category).collect()).or_null()
    }
}
