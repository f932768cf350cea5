//! What somebody is about to buy.

use std::sync::Arc;

use async_graphql::{Context, Object};
use bff_kit::schema::{bounds, fetches, hoist, items, reads};
use bff_kit::{ContextExt as _, Error, Hoisted};
use downstream::carts::{MAX_ITEMS, MyCart};
use downstream::catalog::ProductById;
use proto::carts;

use super::money::Money;
use super::product::Product;

pub(crate) struct Cart(pub(super) Arc<carts::Cart>);

/// The cart of whoever asks.
pub(super) async fn mine(ctx: &Context<'_>) -> Result<Cart, Error> {
    ctx.fetch(MyCart).await.map(Cart)
}

/// What you are about to buy.
#[Object]
impl Cart {
    /// Number of things in it, quantities counted.
    #[graphql(directive = reads::apply(["item_count"]))]
    async fn count(&self) -> i32 {
        self.0.item_count
    }

    /// What all of it costs you now.
    #[graphql(directive = reads::apply(["subtotal"]))]
    async fn subtotal(&self) -> Option<Money> {
        self.0.subtotal.as_ref().map(Money::from)
    }

    /// What is in it, in the order it was put there.
    #[graphql(directive = reads::apply(["items"]), directive = bounds::apply(items(MAX_ITEMS)))]
    async fn items(&self) -> Vec<CartItem> {
        self.0.items.iter().cloned().map(CartItem).collect()
    }

    /// When it last changed, by RFC 3339. Null when it never did.
    #[graphql(directive = reads::apply(["update_time"]))]
    async fn updated_at(&self) -> Option<String> {
        self.0.update_time.map(|time| time.to_string())
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

    /// What one of it costs you now.
    async fn unit_price(&self) -> Option<Money> {
        self.0.unit_price.as_ref().map(Money::from)
    }

    /// What all of it costs.
    async fn price(&self) -> Option<Money> {
        self.0.line_price.as_ref().map(Money::from)
    }

    /// The product. Null when it is not to be had right now.
    #[graphql(directive = fetches::apply(hoist::<Product>(["parent.items"]).or("null")))]
    async fn product(&self) -> Hoisted<Product> {
        Hoisted::by(Ok(ProductById(self.0.product_id.as_str().into())))
    }
}
