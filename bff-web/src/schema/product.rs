//! A product of the shop.

use async_graphql::SimpleObject;
use bff_kit::value::Url;
use bff_kit::{Connection, Id, PageMessage, RefList, Shown, object};
use downstream::ProductId;
use downstream::catalog::ProductById;
use downstream::inventory::StockOf;
use downstream::pricing::PriceOf;
use downstream::recommendations::RelatedTo;
use downstream::reviews::{RatingOf, ReviewsOf};
use downstream::shipping::{MAX_OPTIONS, ShippingOf};
use proto::catalog;

use super::image::Image;
use super::price::Price;
use super::rating::Rating;
use super::review::{Review, ReviewConnectionFields};
use super::shipping_option::ShippingOption;
use super::specification::Specification;
use super::stock::Stock;

/// Fields of a page of products beside its items.
#[derive(SimpleObject, Shown)]
pub(crate) struct ProductConnectionFields {
    /// Number of products on all pages together.
    total_count: i32,
}

impl<M: PageMessage> From<&M> for ProductConnectionFields {
    fn from(page: &M) -> Self {
        Self { total_count: page.total_size() }
    }
}

/// A product of the shop.
#[object(catalog::Product, by = ProductById, id = ProductId)]
pub(crate) struct Product {
    /// Id of the product.
    #[read(id)]
    pub(super) id: Id<Self>,
    /// Name of the product.
    #[read(name)]
    name: String,
    /// Maker of the product.
    #[read(brand)]
    brand: String,
    /// Summary of one sentence.
    #[read(summary, bytes = 400)]
    summary: String,
    /// Full description: paragraphs of plain text, separated by blank lines.
    #[read(description, bytes = 8_000)]
    description: String,
    /// Technical data, in the order to show it.
    #[read(specifications, most = 60)]
    specifications: Vec<Specification>,
    /// Pictures, the main one first.
    #[read(images, most = 20)]
    images: Vec<Image>,
    /// URL of a small square picture for lists.
    #[read(thumbnail_url)]
    thumbnail_url: Url,
    /// Price for the customer. Null when it cannot be loaded.
    #[fetch(PriceOf(self.id), or = null)]
    price: Price,
    /// Stock of the product. Null when it cannot be loaded.
    #[fetch(StockOf(self.id), or = null)]
    stock: Stock,
    /// Rating over all reviews. Null when it cannot be loaded.
    #[fetch(RatingOf(self.id), or = null)]
    rating: Rating,
    /// Reviews of the product, newest first. Null when they cannot be loaded.
    #[fetch(ReviewsOf { product_id: self.id, page }, or = null, most = 50)]
    #[arg(first: i32 = 10, "Reviews per page, 50 at most.")]
    #[arg(after: Option<String>, "Cursor of the review to continue after.")]
    reviews: Connection<Review, ReviewConnectionFields>,
    /// Related products to show beside it, best first. Empty when they cannot be loaded.
    #[fetch(
        RelatedTo { product_id: self.id, page_size: first },
        then = ProductById(product_ids), or = [], most = 8
    )]
    #[arg(first: i32 = 4, "Products to return, 8 at most.")]
    related: RefList<Product>,
    /// Shipping options of the product to a country, the cheapest first; empty when there are none.
    /// Null when they cannot be loaded.
    #[fetch(
        ShippingOf { product_id: self.id, country_code: country },
        take = options, or = null, most = MAX_OPTIONS
    )]
    #[arg(country: String, "Country by ISO 3166-1 alpha-2, such as \"FR\".")]
    shipping_options: Vec<ShippingOption>,
}
