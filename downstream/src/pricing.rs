//! Prices of products.

use fetch::Fetch;
use proto::pricing::pricing_service;

use crate::ProductId;

/// Price of a product for the principal, by the id of the product.
#[derive(Fetch)]
#[fetch(pricing_service::BatchGetPrices, keys = product_ids)]
pub struct PriceOf(pub ProductId);
