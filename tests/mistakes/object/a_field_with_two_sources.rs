//! A field says twice where it comes from.

use bff_kit::{Id, Ref, object};
use downstream::ProductId;
use downstream::catalog::ProductById;
use downstream::inventory::StockOf;
use downstream::pricing::PriceOf;
use proto::{catalog, pricing};

/// A price.
#[object(pricing::Price)]
pub struct Price {
    /// Id of the product.
    #[read(product_id)]
    product: String,
}

/// A product.
#[object(catalog::Product, by = ProductById, id = ProductId)]
pub struct Product {
    /// Id of the product.
    #[read(id)]
    id: Id<Self>,
    /// Price of the product.
    #[read(name)]
    #[fetch(PriceOf(self.id), or = null)]
    price: Price,
}
