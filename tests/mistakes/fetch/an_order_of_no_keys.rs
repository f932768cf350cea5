//! Values in the order of keys that are not named.

use downstream::ProductId;
use fetch::Fetch;
use proto::pricing::pricing_service;

#[derive(Fetch)]
#[fetch(pricing_service::BatchGetPrices, one = product_ids, in_order)]
pub struct PriceOf(pub ProductId);
