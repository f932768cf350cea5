//! An input leaves out a part of the command.

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

/// A product.
#[mutation(SetCartQuantity, subject = product_id)]
pub struct Input {
    /// Key.
    idempotency_key: String,
    /// The product.
    product_id: Id<Product>,
}
