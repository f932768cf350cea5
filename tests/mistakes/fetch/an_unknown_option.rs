//! An option of a fetch is misspelt.

use downstream::ProductId;
use fetch::{Command, Fetch};
use proto::admin::admin_service;
use proto::carts::cart_service;
use proto::pricing::pricing_service;
use proto::telemetry::telemetry_service;

/// Price of a product.
#[derive(Fetch)]
#[fetch(pricing_service::BatchGetPrices, kyes = product_ids)]
pub struct PriceOf(pub ProductId);
