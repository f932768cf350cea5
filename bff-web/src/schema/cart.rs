//! A customer's cart.

use std::sync::Arc;

use async_graphql::ID;
use bff_kit::value::DateTime;
use bff_kit::{Id, Reading, Ref, object};
use downstream::CartId;
use downstream::carts::MAX_ITEMS;
use downstream::catalog::ProductById;
use proto::carts;
use proto::common;

use super::money::Money;
use super::product::Product;

/// Cart of the signed-in customer or the visitor.
#[object(carts::Cart, id = CartId)]
pub(crate) struct Cart {
    /// Id of the cart. Every customer and visitor has one.
    #[read(known = id(ctx))]
    pub(super) id: ID,
    /// Number of items in the cart: the sum of all quantities.
    #[read(item_count)]
    count: i32,
    /// Sum of all line prices without shipping. Null for an empty cart, or when unknown.
    #[read(with = subtotal(ctx, item_count, subtotal))]
    subtotal: Option<Money>,
    /// Products in the cart, in the order they were added, 50 at most.
    #[read(items, most = MAX_ITEMS)]
    items: Vec<CartItem>,
    /// Time of the last change. Null when there was none, or when unknown.
    #[read(with = DateTime::if_any(ctx, update_time))]
    updated_at: Option<DateTime>,
}

/// Returns the owner of the principal's cart; `None` for nobody.
pub(super) fn owner(ctx: &impl Reading) -> Option<Arc<str>> {
    let principal = ctx.scope().principal();
    principal.user().or_else(|| principal.visitor())
}

fn id(ctx: &impl Reading) -> Option<ID> {
    owner(ctx).map(|owner| Id::<Cart>::of(&owner))
}

fn subtotal(ctx: &impl Reading, items: i32, subtotal: Option<&common::Money>) -> Option<Money> {
    let subtotal = Money::of(subtotal);
    if items == 0 { subtotal } else { ctx.known(subtotal) }
}

/// One product in the cart.
#[object(carts::CartItem, part_of = items)]
pub(crate) struct CartItem {
    /// Quantity of the product, 1 to 20.
    #[read(quantity)]
    quantity: i32,
    /// Current price of one item for the customer. Null when unknown.
    #[read(unit_price, known = Money::of)]
    unit_price: Option<Money>,
    /// Price of all items of the product. Null when unknown.
    #[read(line_price, known = Money::of)]
    price: Option<Money>,
    /// The product. Null when it cannot be loaded.
    #[fetch(ProductById(self.product_id), or = null)]
    product: Ref<Product>,
}
