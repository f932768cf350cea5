//! A key has a page, and the field no argument for it.

use bff_kit::{Id, Ref, object};
use downstream::ProductId;
use downstream::catalog::{ProductById, ProductsIn};
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
    /// Products like this one.
    #[fetch(ProductsIn { category_id: None, page }, most = 3)]
    others: Vec<Product>,
}
