//! The cart of the acting user or visitor.

use fetch::{Command, Fetch};
use proto::carts::cart_service;

use crate::ProductId;

/// Maximum number of different products in a cart, and so in an order.
pub const MAX_ITEMS: i32 = 50;

/// The cart of the acting user or visitor.
#[derive(Fetch)]
#[fetch(cart_service::GetCart, mine, reads = item_count)]
pub struct MyCart;

/// Adds items of a product to the cart.
#[derive(Clone, Debug, Command)]
#[command(cart_service::AddItem)]
pub struct AddToCart {
    /// Idempotency key: repeating the command with the same key changes nothing more.
    pub idempotency_key: String,
    /// The product.
    pub product_id: ProductId,
    /// Quantity to add, 1 to 20.
    pub quantity: i32,
}

/// Sets the quantity of a product in the cart.
#[derive(Clone, Debug, Command)]
#[command(cart_service::SetQuantity)]
pub struct SetCartQuantity {
    /// Idempotency key: repeating the command with the same key changes nothing more.
    pub idempotency_key: String,
    /// The product.
    pub product_id: ProductId,
    /// New quantity, 1 to 20.
    pub quantity: i32,
}

/// Removes a product from the cart.
#[derive(Clone, Debug, Command)]
#[command(cart_service::RemoveItem)]
pub struct RemoveFromCart {
    /// Idempotency key: repeating the command with the same key changes nothing more.
    pub idempotency_key: String,
    /// The product.
    pub product_id: ProductId,
}

/// Moves what a visitor has put into their cart into that of the acting user.
#[derive(Clone, Debug, Command)]
#[command(cart_service::AdoptCart)]
pub struct AdoptCart {
    /// Idempotency key: repeating the command with the same key changes nothing more.
    pub idempotency_key: String,
    /// The visitor that the user was before signing in; `None` if they were none, which changes nothing.
    pub visitor_id: Option<String>,
}
