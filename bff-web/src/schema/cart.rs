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

/// Returns the owner of the principal's cart; `None` for nobody.
pub(super) fn owner(ctx: &Context<'_>) -> Option<Arc<str>> {
    let principal = ctx.scope().principal();
    principal.user().or_else(|| principal.visitor())
}

/// Fetches the principal's cart.
pub(super) async fn mine(ctx: &Context<'_>) -> Result<Cart, Error> {
    ctx.fetch(MyCart).await.map(Cart)
}

#[expect(clippy::unused_async, reason = "the macro requires it where a field may fail")]
/// Cart of the signed-in customer or the visitor.
#[Object]
impl Cart {
    /// Id of the cart. Every customer and visitor has one.
    pub(super) async fn id(&self, ctx: &Context<'_>) -> Result<ID, Error> {
        let owner = ctx.required(owner(ctx))?;
        Ok(Id::<Self>::new(owner).to_id())
    }

    /// Number of items in the cart: the sum of all quantities.
    #[graphql(directive = reads::apply(["item_count"]))]
    async fn count(&self) -> i32 {
        self.0.item_count
    }

    /// Sum of all line prices without shipping. Null for an empty cart, or when unknown.
    #[graphql(directive = reads::apply(["item_count", "subtotal"]))]
    async fn subtotal(&self, ctx: &Context<'_>) -> Option<Money> {
        let subtotal = Money::of(self.0.subtotal.as_ref());
        if self.0.item_count == 0 { subtotal } else { ctx.known(subtotal) }
    }

    /// Products in the cart, in the order they were added, 50 at most.
    #[graphql(directive = reads::apply(["items"]), directive = bounds::apply(items(MAX_ITEMS)))]
    async fn items(&self) -> Vec<CartItem> {
        self.0.items.iter().cloned().map(CartItem).collect()
    }

    /// Time of the last change. Null when there was none, or when unknown.
    #[graphql(directive = reads::apply(["update_time"]))]
    async fn updated_at(&self, ctx: &Context<'_>) -> Option<DateTime> {
        self.0.update_time.as_ref().and_then(|time| ctx.known(DateTime::of(time)))
    }
}

pub(crate) struct CartItem(carts::CartItem);

/// One product in the cart.
#[Object]
impl CartItem {
    /// Quantity of the product, 1 to 20.
    async fn quantity(&self) -> i32 {
        self.0.quantity
    }

    /// Current price of one item for the customer. Null when unknown.
    async fn unit_price(&self, ctx: &Context<'_>) -> Option<Money> {
        ctx.known(Money::of(self.0.unit_price.as_ref()))
    }

    /// Price of all items of the product. Null when unknown.
    async fn price(&self, ctx: &Context<'_>) -> Option<Money> {
        ctx.known(Money::of(self.0.line_price.as_ref()))
    }

    /// The product. Null when it cannot be loaded.
    #[graphql(directive = fetches::apply(hoist::<Product>(["parent.items"]).or("null")))]
    async fn product(&self) -> Ref<Product> {
        Ref::by(Ok(ProductById(self.0.product_id.as_str().into())))
    }
}
