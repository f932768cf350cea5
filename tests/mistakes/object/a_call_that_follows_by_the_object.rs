//! A call that follows another is keyed by the object.

use async_graphql::Context;
use bff_kit::{Error, Id, object};
use downstream::ProductId;
use downstream::catalog::ProductById;
use downstream::inventory::StockOf;
use downstream::pricing::PriceOf;
use proto::catalog;

/// A product.
#[object(catalog::Product, by = ProductById, id = ProductId)]
pub struct Product {
    /// Id of the product.
    #[read(id)]
    id: Id<Self>,
    /// True if the product can be bought.
    #[resolve(sold(ctx), fetch(PriceOf(self.id)), then(StockOf(self.id)))]
    sold: bool,
}

async fn sold(_: &Context<'_>) -> Result<bool, Error> {
    Ok(true)
}
