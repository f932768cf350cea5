//! Prices of products.

use std::sync::Arc;

use fetch::{BatchResult, Call, Fetch, Rpc};
use proto::pricing::price_result::Outcome;
use proto::pricing::{BatchGetPricesRequest, BatchGetPricesResponse, Price};

use crate::key_error;

/// Price of a product for the principal, by the id of the product.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PriceOf(pub Arc<str>);

impl Fetch for PriceOf {
    const RPC: Rpc = Rpc::read("shop.pricing.v1.PricingService/BatchGetPrices");
    const MAX_KEYS: usize = 100;
    const KEYS: &'static str = "product_ids";
    const READS: &'static [&'static str] = &["product_id"];
    type Value = Arc<Price>;

    async fn batch(keys: Vec<Self>, call: Call<'_>) -> BatchResult<Self> {
        let product_ids = keys.iter().map(|key| key.0.to_string()).collect();
        let request = BatchGetPricesRequest { product_ids, read_mask: call.mask() };
        call.batch(keys, request, |response: BatchGetPricesResponse| {
            response.results.into_iter().map(|result| {
                let answer = match result.outcome {
                    Some(Outcome::Item(item)) => Ok(Arc::new(item)),
                    Some(Outcome::Error(error)) => Err(key_error::fault(error)),
                    None => Err(key_error::no_outcome()),
                };
                (Self(result.product_id.into()), answer)
            })
        })
        .await
    }
}
