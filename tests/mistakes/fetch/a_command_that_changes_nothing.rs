//! A command names an RPC that changes nothing.

use downstream::ProductId;
use fetch::{Command, Fetch};
use proto::admin::admin_service;
use proto::carts::cart_service;
use proto::pricing::pricing_service;
use proto::telemetry::telemetry_service;

/// Looks at a device.
#[derive(Debug, Command)]
#[command(telemetry_service::GetDevice)]
pub struct LookAt {
    /// The device.
    pub device_id: String,
}
