//! Access of the services to the products of the shop: the trait [`Assortment`] hides whether the
//! products are stored or synthetic.

pub(crate) mod position;
pub(crate) mod query;

use std::{fmt, sync::Arc};

use proto::{
    catalog::{Category, Product},
    inventory::Stock,
    reviews::{Rating, Review},
};
use rusqlite::Connection;

use self::{
    position::{ListPosition, RecommendationPosition, ReviewPosition, SearchPosition},
    query::Query,
};
use crate::{mask::Mask, money::Money, page::Page, refusal::Refusal};

/// The assortment that the services share. Cheap to clone.
pub(crate) type Products = Arc<dyn Assortment>;

/// The products with their categories, prices, stock and reviews. A page is read with one row more
/// than its size, to show that another page follows.
pub(crate) trait Assortment: fmt::Debug + Send + Sync {
    /// The product with this identifier.
    fn find(&self, db: &Connection, id: &str, mask: &Mask<Product>) -> rusqlite::Result<Option<Product>>;

    /// Fails with `NOT_FOUND` for an unknown product.
    fn check(&self, db: &Connection, id: &str) -> Result<(), Refusal>;

    /// A page of products by name, in one category or in all; `NOT_FOUND` for an unknown category.
    fn list(
        &self,
        db: &Connection,
        category: Option<&str>,
        page: &Page<ListPosition>,
    ) -> Result<Found<ListPosition>, Refusal>;

    /// A page of the products that match, best first.
    fn search(
        &self,
        db: &Connection,
        query: &Query,
        page: &Page<SearchPosition>,
    ) -> Result<Found<SearchPosition>, Refusal>;

    /// All categories by name.
    fn categories(&self, db: &Connection, mask: &Mask<Category>) -> rusqlite::Result<Vec<Category>>;

    /// The price of a product without any promotion.
    fn list_price(&self, db: &Connection, id: &str) -> rusqlite::Result<Option<Money>>;

    /// The stock of a product; `NOT_FOUND` for an unknown one.
    fn stock(&self, db: &Connection, id: &str, mask: &Mask<Stock>) -> Result<Stock, Refusal>;

    /// The rating of a product; `NOT_FOUND` for an unknown one.
    fn rating(&self, db: &Connection, id: &str, mask: &Mask<Rating>) -> Result<Rating, Refusal>;

    /// A page of the reviews of a product, newest first; `NOT_FOUND` for an unknown one.
    fn reviews(
        &self,
        db: &Connection,
        id: &str,
        page: &Page<ReviewPosition>,
        mask: &Mask<Review>,
    ) -> Result<Found<ReviewRow>, Refusal>;

    /// A page of recommendations for a user, best first: products in stock that the user has not reviewed.
    fn recommended(
        &self,
        db: &Connection,
        user: &str,
        page: &Page<RecommendationPosition>,
    ) -> rusqlite::Result<Vec<RecommendationPosition>>;

    /// Products related to one: those it names, then others of its category.
    fn related(&self, db: &Connection, id: &str, limit: i64) -> rusqlite::Result<Vec<String>>;
}

/// Rows of a page, and the number of rows on all pages.
#[derive(Debug)]
pub(crate) struct Found<R> {
    pub(crate) rows: Vec<R>,
    pub(crate) total_size: i32,
}

/// A review with its position.
#[derive(Debug)]
pub(crate) struct ReviewRow {
    pub(crate) review: Review,
    pub(crate) position: ReviewPosition,
}
