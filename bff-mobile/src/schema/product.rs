//! A product of the shop.

use bff_kit::value::Url;
use bff_kit::{Id, object};
use downstream::ProductId;
use downstream::catalog::ProductById;
use downstream::inventory::StockOf;
use downstream::pricing::PriceOf;
use downstream::reviews::{RatingOf, ReviewsOf};
use proto::catalog;

use super::price::Price;
use super::review::{Review, mean};

/// A product of the shop.
#[object(catalog::Product, by = ProductById, id = ProductId)]
pub(crate) struct Product {
    /// Id of the product.
    #[read(id)]
    id: Id<Self>,
    /// Name of the product.
    #[read(name)]
    name: String,
    /// URL of a small square picture for lists.
    #[read(thumbnail_url)]
    thumbnail: Url,
    /// Price for the customer. Null when it cannot be loaded.
    #[fetch(PriceOf(self.id), or = null)]
    price: Price,
    /// True if the product can be bought now. Null when the stock cannot be loaded.
    #[fetch(StockOf(self.id), take = available, or = null)]
    in_stock: bool,
    /// Mean of all stars, 1 to 5. Null when there is no review, or when it cannot be loaded.
    #[fetch(RatingOf(self.id), with = mean(average, review_count), or = null)]
    rating: Option<f64>,
    /// Reviews of the product, newest first. Empty when they cannot be loaded.
    #[fetch(ReviewsOf { product_id: self.id, page }, or = [], most = 3)]
    #[arg(first: i32 = 3, "Reviews to return, 3 at most.")]
    reviews: Vec<Review>,
}
