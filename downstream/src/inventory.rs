//! Stock of products.

use fetch::Fetch;
use proto::inventory::inventory_service::{BatchGetStock, WatchStock};

use crate::ProductId;

/// Stock of a product that can be sold, by the id of the product.
#[derive(Fetch)]
#[fetch(BatchGetStock, keys = product_ids, key = product_id, changes = WatchStock)]
pub struct StockOf(pub ProductId);
