//! Values that are told apart in two ways.

use downstream::ProductId;
use fetch::Fetch;
use proto::pricing::pricing_service;

#[derive(Fetch)]
#[fetch(pricing_service::BatchGetPrices, keys = product_ids, in_order, matched_by = product_id)]
pub struct PriceOf(pub ProductId);
