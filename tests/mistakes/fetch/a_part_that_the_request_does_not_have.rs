//! A command has a part that the request does not have.

use downstream::ProductId;
use fetch::{Command, Fetch};
use proto::admin::admin_service;
use proto::carts::cart_service;
use proto::pricing::pricing_service;
use proto::telemetry::telemetry_service;

/// Cancels an order.
#[derive(Debug, Command)]
#[command(admin_service::CancelOrder)]
pub struct CancelOrder {
    /// The order.
    pub order: String,
}
