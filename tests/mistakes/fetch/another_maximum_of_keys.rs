//! A fetch contradicts the contract about the keys of a call.

use downstream::ProductId;
use fetch::{Command, Fetch};
use proto::admin::admin_service;
use proto::carts::cart_service;
use proto::pricing::pricing_service;
use proto::telemetry::telemetry_service;

/// Price of a product.
#[derive(Fetch)]
#[fetch(pricing_service::BatchGetPrices, keys = product_ids, at_most = 500)]
pub struct PriceOf(pub ProductId);
