//! Stock of products.

use std::sync::Arc;

use fetch::{BatchResult, Call, Changes, Fetch, Mask, Rpc, Tags};
use proto::inventory::stock_result::Outcome;
use proto::inventory::{
    BatchGetStockRequest, BatchGetStockResponse, Stock, WatchStockRequest, WatchStockResponse,
};

use crate::key_error;

/// Stock of a product that can be sold, by the id of the product.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StockOf(pub Arc<str>);

impl Fetch for StockOf {
    const RPC: Rpc = Rpc::read("shop.inventory.v1.InventoryService/BatchGetStock").public();
    const MAX_KEYS: usize = 100;
    const KEYS: &'static str = "product_ids";
    const READS: &'static [&'static str] = &["product_id"];
    type Value = Arc<Stock>;

    async fn batch(keys: Vec<Self>, call: Call<'_>) -> BatchResult<Self> {
        let product_ids = keys.iter().map(|key| key.0.to_string()).collect();
        let request = BatchGetStockRequest { product_ids, read_mask: call.mask() };
        call.batch(keys, request, |response: BatchGetStockResponse| {
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

    fn changes() -> Option<Changes<Self>> {
        const RPC: Rpc = Rpc::read("shop.inventory.v1.InventoryService/WatchStock");
        // No products: those of all of them. No more of a stock than its key is of use.
        let read_mask = Some(Self::READS.iter().collect::<Mask>().to_message());
        let request = WatchStockRequest { product_ids: Vec::new(), read_mask };
        let key = |change: WatchStockResponse| Some(Self(change.stock?.product_id.into()));
        Some(Changes::by(RPC, &request, key))
    }

    fn tag(&self, _answer: Option<&Arc<Stock>>, tags: &Tags) {
        tags.entity("product", &self.0);
    }
}
