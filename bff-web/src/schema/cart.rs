//! A customer's cart.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use bff_kit::schema::{bounds, fetches, hoist, items, reads};
use bff_kit::value::DateTime;
use bff_kit::{ContextExt as _, Entity, Error, Id, Ref};
use downstream::carts::{MAX_ITEMS, MyCart};
use downstream::catalog::ProductById;
use proto::carts;

use super::money::Money;
use super::product::Product;

pub(crate) struct Cart(pub(super) Arc<carts::Cart>);

impl Entity for Cart {
    const NAME: &'static str = "Cart";
}

/// Fetches the principal's cart.
pub(super) async fn mine(ctx: &Context<'_>) -> Result<Cart, Error> {
    ctx.fetch(MyCart).await.map(Cart)
}

#[expect(clippy::unused_async, reason = "the macro asks for it where a field may fail")]
/// What you are about to buy.
#[Object]
impl Cart {
    /// Id of the cart. Everybody has one.
    pub(super) async fn id(&self, ctx: &Context<'_>) -> Result<ID, Error> {
        let owner = ctx.required(ctx.scope().principal().user())?;
        Ok(Id::<Self>::new(owner).to_id())
    }

    /// Number of things in it, quantities counted.
    #[graphql(directive = reads::apply(["item_count"]))]
    async fn count(&self) -> i32 {
        self.0.item_count
    }

    /// What all of it costs you now. Null when it is empty, or when that is not known.
    #[graphql(directive = reads::apply(["item_count", "subtotal"]))]
    async fn subtotal(&self, ctx: &Context<'_>) -> Option<Money> {
        let subtotal = Money::of(self.0.subtotal.as_ref());
        if self.0.item_count == 0 { subtotal } else { ctx.known(subtotal) }
    }

    /// What is in it, in the order it was put there.
    #[graphql(directive = reads::apply(["items"]), directive = bounds::apply(items(MAX_ITEMS)))]
    async fn items(&self) -> Vec<CartItem> {
        self.0.items.iter().cloned().map(CartItem).collect()
    }

    /// When it last changed. Null when it never did, or when that is not known.
    #[graphql(directive = reads::apply(["update_time"]))]
    async fn updated_at(&self, ctx: &Context<'_>) -> Option<DateTime> {
        self.0.update_time.as_ref().and_then(|time| ctx.known(DateTime::of(time)))
    }
}

pub(crate) struct CartItem(carts::CartItem);

/// One product in your cart.
#[Object]
impl CartItem {
    /// How many of it.
    async fn quantity(&self) -> i32 {
        self.0.quantity
    }

    /// What one of it costs you now. Null when that is not known.
    async fn unit_price(&self, ctx: &Context<'_>) -> Option<Money> {
        ctx.known(Money::of(self.0.unit_price.as_ref()))
    }

    /// What all of it costs. Null when that is not known.
    async fn price(&self, ctx: &Context<'_>) -> Option<Money> {
        ctx.known(Money::of(self.0.line_price.as_ref()))
    }

    /// The product. Null when it is not to be had right now.
    #[graphql(directive = fetches::apply(hoist::<Product>(["parent.items"]).or("null")))]
    async fn product(&self) -> Ref<Product> {
        Ref::by(Ok(ProductById(self.0.product_id.as_str().into())))
    }
}
