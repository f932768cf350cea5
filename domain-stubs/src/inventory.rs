//! The inventory service: the stock of products, and a stream of its changes.

mod stocks;
mod watch;

use std::pin::Pin;

use futures_util::Stream;
use proto::inventory::{
    BatchGetStockRequest, BatchGetStockResponse, Stock, StockResult, WatchStockRequest, WatchStockResponse,
    inventory_service_server::InventoryService, stock_result::Outcome,
};
use tokio::sync::broadcast;
use tonic::{Request, Response, Status};

pub(crate) use self::stocks::{find as find_stock, on_hand, put_back, sum, take};
use self::watch::{Watch, Watched};
use crate::{
    assortment::Products,
    batch::{self, Answer, Batch},
    clock::Clock,
    mask::{Mask, Resource},
    refusal::Refusal,
    store::Store,
};

/// Number of changes that a slow watcher may lag behind before it reads everything again.
const CHANGES_KEPT: usize = 256;

/// Inventory over the store.
#[derive(Debug, Clone)]
pub(crate) struct Inventory {
    store: Store,
    clock: Clock,
    products: Products,
    /// Identifiers of products whose stock has changed, after the change is stored.
    changes: broadcast::Sender<String>,
}

impl Resource for Stock {
    const NAME: &'static str = "shop.inventory.v1.Stock";
    const KEY: Option<&'static str> = Some("product_id");
}

impl Inventory {
    pub(crate) fn new(store: Store, clock: Clock, products: Products) -> Self {
        Self { store, clock, products, changes: broadcast::Sender::new(CHANGES_KEPT) }
    }

    /// Sets the quantity of a product in a warehouse, and notifies the watchers.
    pub(crate) async fn set_quantity(
        &self,
        product: &str,
        warehouse: &str,
        quantity: i64,
    ) -> Result<(), Refusal> {
        let change = stocks::Change {
            product: product.to_owned(),
            warehouse: warehouse.to_owned(),
            quantity,
            now: self.clock.now().as_microsecond(),
        };
        let inventory = self.clone();
        let tell = move |product: &String| inventory.tell([product.as_str()]);
        self.store.write_and_tell(move |db| stocks::set_quantity(db, change), tell).await?;
        Ok(())
    }

    /// Notifies the watchers that the stock of products has changed.
    pub(crate) fn tell<'a>(&self, products: impl IntoIterator<Item = &'a str>) {
        for product in products {
            // Sending fails without a watcher, which is no error.
            self.changes.send(product.to_owned()).ok();
        }
    }
}

#[tonic::async_trait]
impl InventoryService for Inventory {
    async fn batch_get_stock(
        &self,
        request: Request<BatchGetStockRequest>,
    ) -> Result<Response<BatchGetStockResponse>, Status> {
        let (_, extensions, request) = request.into_parts();
        let mask = Mask::<Stock>::new(request.read_mask.as_ref())?;
        let batch = Batch::new(&extensions, "product_ids", request.product_ids)?;
        let products = self.products.clone();
        let results = batch.read(&self.store, move |db, id| products.stock(db, id, &mask)).await?;
        let results = results.into_iter().map(StockResult::from).collect();
        Ok(Response::new(BatchGetStockResponse { results }))
    }

    type WatchStockStream = Pin<Box<dyn Stream<Item = Result<WatchStockResponse, Status>> + Send>>;

    async fn watch_stock(
        &self,
        request: Request<WatchStockRequest>,
    ) -> Result<Response<Self::WatchStockStream>, Status> {
        let request = request.into_inner();
        let mask = Mask::<Stock>::new(request.read_mask.as_ref())?;
        batch::check_keys("product_ids", &request.product_ids)?;
        let watched = Watched { ids: request.product_ids, products: self.products.clone(), mask };
        let watch = Watch::begin(self.store.clone(), &self.changes, watched).await?;
        Ok(Response::new(Box::pin(watch.into_stream())))
    }
}

impl From<Answer<String, Stock>> for StockResult {
    fn from(Answer { key: product_id, outcome }: Answer<String, Stock>) -> Self {
        Self { product_id, outcome: Some(outcome.map_or_else(Outcome::Error, Outcome::Item)) }
    }
}
