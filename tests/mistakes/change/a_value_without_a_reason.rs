//! A value of the table has no reason.

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

/// Kind of an error.
#[derive(Clone, Copy, Enum, PartialEq, Eq, UserErrorTable)]
pub enum Code {
    /// Too few.
    OutOfStock,
}
