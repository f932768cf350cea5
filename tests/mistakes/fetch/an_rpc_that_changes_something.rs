//! A fetch names an RPC that changes something.

use downstream::ProductId;
use fetch::{Command, Fetch};
use proto::admin::admin_service;
use proto::carts::cart_service;
use proto::pricing::pricing_service;
use proto::telemetry::telemetry_service;

/// A cart, with one item more.
#[derive(Fetch)]
#[fetch(cart_service::AddItem)]
pub struct CartWith {
    /// The product.
    pub product_id: ProductId,
}
