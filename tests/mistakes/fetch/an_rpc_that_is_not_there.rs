//! A fetch names an RPC that the contract does not have.

use downstream::ProductId;
use fetch::{Command, Fetch};
use proto::admin::admin_service;
use proto::carts::cart_service;
use proto::pricing::pricing_service;
use proto::telemetry::telemetry_service;

/// Price of a product.
#[derive(Fetch)]
#[fetch(pricing_service::BatchGetPrice, keys = product_ids)]
pub struct PriceOf(pub ProductId);
