//! A payload cannot say why a change was not made.

use async_graphql::{Enum, SimpleObject};
use bff_kit::{Id, UserErrorTable, mutation, object, payload};
use downstream::ProductId;
use downstream::carts::SetCartQuantity;
use proto::{carts, catalog};

/// A product.
#[object(catalog::Product, id = ProductId)]
pub struct Product {
    /// Name of the product.
    #[read(name)]
    name: String,
}

/// A cart.
#[object(carts::Cart)]
pub struct Cart {
    /// Number of items.
    #[read(item_count)]
    count: i32,
}

/// Result of a change.
#[payload(carts::Cart)]
pub struct Payload {
    /// The cart.
    cart: Cart,
}
