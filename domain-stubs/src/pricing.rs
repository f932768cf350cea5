//! The pricing service: list prices, promotions and the prices of a customer.

mod prices;

use proto::pricing::{
    BatchGetPricesRequest, BatchGetPricesResponse, Price, PriceResult, price_result::Outcome,
    pricing_service_server::PricingService,
};
use tonic::{Request, Response, Status};

use self::prices::Customer;
pub(crate) use self::prices::{customer_price, list_price};
use crate::{
    assortment::Products,
    batch::{Answer, Batch},
    clock::Clock,
    credential::Caller,
    mask::{Mask, Resource},
    refusal::Refusal,
    store::Store,
};

/// Pricing over the store.
#[derive(Debug, Clone)]
pub(crate) struct Pricing {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) products: Products,
}

impl Resource for Price {
    const NAME: &'static str = "shop.pricing.v1.Price";
    const KEY: Option<&'static str> = Some("product_id");
}

#[tonic::async_trait]
impl PricingService for Pricing {
    async fn batch_get_prices(
        &self,
        request: Request<BatchGetPricesRequest>,
    ) -> Result<Response<BatchGetPricesResponse>, Status> {
        let (_, extensions, request) = request.into_parts();
        let mask = Mask::<Price>::new(request.read_mask.as_ref())?;
        let customer = Customer {
            user: Caller::of(&extensions)?.user().unwrap_or_default().to_owned(),
            now: self.clock.now().as_microsecond(),
        };
        let batch = Batch::new(&extensions, "product_ids", request.product_ids)?;
        let products = self.products.clone();
        let results = batch
            .read(&self.store, move |db, id| {
                let list_price = products.list_price(db, id)?.ok_or_else(|| Refusal::unknown_product(id))?;
                Ok(prices::price(db, id, list_price, &customer, &mask)?)
            })
            .await?;
        let results = results.into_iter().map(PriceResult::from).collect();
        Ok(Response::new(BatchGetPricesResponse { results }))
    }
}

impl From<Answer<String, Price>> for PriceResult {
    fn from(Answer { key: product_id, outcome }: Answer<String, Price>) -> Self {
        Self { product_id, outcome: Some(outcome.map_or_else(Outcome::Error, Outcome::Item)) }
    }
}
