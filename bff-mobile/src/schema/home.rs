//! The home screen.

use async_graphql::{Context, Object};
use bff_kit::schema::{bounds, fetch, fetches, items};
use bff_kit::value::Url;
use bff_kit::{ContextExt as _, Error, Nullable, Page, RefList};
use downstream::carts::MyCart;
use downstream::catalog::ProductById;
use downstream::notifications::MyNotifications;
use downstream::recommendations::Recommended;
use downstream::users::UserById;

use super::product::Product;

/// Upper bound on the recommended products of the home screen.
const MAX_RECOMMENDED: i32 = 5;

pub(crate) struct Home;

/// The home screen. Fields that need an account are null when nobody is signed in.
#[Object]
impl Home {
    /// Given name of the customer, such as "Ada". Null when it cannot be loaded.
    #[graphql(directive = fetches::apply(fetch::<UserById>(["caller"]).reading(["given_name"]).or("null")))]
    async fn name(&self, ctx: &Context<'_>) -> Nullable<String> {
        let me = ctx.scope().principal().user()?;
        let user = ctx.fetch(UserById(me)).await;
        ctx.optional(user.map(|user| user.given_name.clone())).transpose()
    }

    /// URL of the customer's picture. Null when it cannot be loaded.
    #[graphql(directive = fetches::apply(fetch::<UserById>(["caller"]).reading(["avatar_url"]).or("null")))]
    async fn avatar(&self, ctx: &Context<'_>) -> Nullable<Url> {
        let me = ctx.scope().principal().user()?;
        let user = ctx.fetch(UserById(me)).await;
        ctx.optional(user.map(|user| user.avatar_url.as_str().into())).transpose()
    }

    /// Number of items in the cart: the sum of all quantities. Null when it cannot be loaded.
    #[graphql(directive = fetches::apply(fetch::<MyCart>(["caller"]).or("null")))]
    async fn cart_count(&self, ctx: &Context<'_>) -> Nullable<i32> {
        ctx.scope().principal().user()?;
        let cart = ctx.fetch(MyCart).await;
        ctx.optional(cart.map(|cart| cart.item_count)).transpose()
    }

    /// Number of unread notifications. Null when it cannot be loaded.
    #[graphql(directive = fetches::apply(fetch::<MyNotifications>(["caller"]).or("null")))]
    async fn unread_count(&self, ctx: &Context<'_>) -> Nullable<i32> {
        ctx.scope().principal().user()?;
        let question = MyNotifications { page_size: 1, page_token: String::new(), skip: 0 };
        let page = ctx.fetch(question).await;
        ctx.optional(page.map(|page| page.unread_count)).transpose()
    }

    /// Products recommended to the customer, best first. Empty when they cannot be loaded.
    #[graphql(
        directive = fetches::apply(
            fetch::<Recommended>(["caller", "argument.first"]).then_hoist::<Product>().or("[]")
        ),
        directive = bounds::apply(items(MAX_RECOMMENDED).by("argument.first"))
    )]
    async fn recommended(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Products to return, 5 at most.", default = 5)] first: i32,
    ) -> Result<RefList<Product>, Error> {
        if Page::of(first, None, MAX_RECOMMENDED).map_err(|error| ctx.located(error))?.size == 0 {
            return Ok(RefList::default());
        }
        let ids = ctx.optional(ctx.fetch(Recommended { page_size: first }).await)?.unwrap_or_default();
        Ok(ids.iter().cloned().map(ProductById).collect())
    }
}
