//! What the shop sells: the products of the store, or others. Services ask it and never know which it is.

use std::{fmt, sync::Arc};

use proto::{
    catalog::{Category, Product},
    inventory::Stock,
    reviews::{Rating, Review},
};
use rusqlite::Connection;

use crate::{
    catalog, inventory, mask::Mask, page::Page, pricing, recommendations, refusal::Refusal, reviews,
};

/// What the shop sells. Cheap to clone.
pub(crate) type Products = Arc<dyn Assortment>;

/// Rows of a page, and how many there are on all pages.
#[derive(Debug)]
pub(crate) struct Found<R> {
    pub(crate) rows: Vec<R>,
    pub(crate) total_size: i32,
}

/// The products of the store.
#[derive(Debug)]
pub(crate) struct Stored;

impl Assortment for Stored {}

/// Products, and all that is read of them. What an implementation does not say itself is as the store has it.
pub(crate) trait Assortment: fmt::Debug + Send + Sync {
    /// The product with this identifier.
    fn find(&self, db: &Connection, id: &str, mask: &Mask<Product>) -> rusqlite::Result<Option<Product>> {
        catalog::find_product(db, id, mask)
    }

    /// Refuses a product that is not there.
    fn check(&self, db: &Connection, id: &str) -> Result<(), Refusal> {
        catalog::check_product(db, id)
    }

    /// A page of products by name, in one category or in all.
    fn list(
        &self,
        db: &Connection,
        category: Option<&str>,
        page: &Page<catalog::Position>,
    ) -> Result<Found<catalog::Position>, Refusal> {
        catalog::list_products(db, category, page)
    }

    /// A page of the products that match, best first.
    fn search(
        &self,
        db: &Connection,
        query: &catalog::Query,
        page: &Page<catalog::SearchPosition>,
    ) -> Result<Found<catalog::SearchPosition>, Refusal> {
        catalog::search_products(db, query, page)
    }

    /// All categories by name.
    fn categories(&self, db: &Connection, mask: &Mask<Category>) -> rusqlite::Result<Vec<Category>> {
        catalog::list_categories(db, mask)
    }

    /// What a product costs without any promotion.
    fn list_price(&self, db: &Connection, id: &str) -> rusqlite::Result<Option<pricing::Money>> {
        pricing::list_price(db, id)
    }

    /// The stock of a product, which must be there.
    fn stock(&self, db: &Connection, id: &str, mask: &Mask<Stock>) -> Result<Stock, Refusal> {
        inventory::find_stock(db, id, mask)
    }

    /// The rating of a product, which must be there.
    fn rating(&self, db: &Connection, id: &str, mask: &Mask<Rating>) -> Result<Rating, Refusal> {
        reviews::find_rating(db, id, mask)
    }

    /// A page of the reviews of a product, which must be there, newest first.
    fn reviews(
        &self,
        db: &Connection,
        id: &str,
        page: &Page<reviews::Position>,
        mask: &Mask<Review>,
    ) -> Result<Found<reviews::Row>, Refusal> {
        reviews::list(db, id, page, mask)
    }

    /// A page of recommendations for a user: what is in stock and the user has not reviewed, best first.
    fn recommended(
        &self,
        db: &Connection,
        user: &str,
        page: &Page<recommendations::Position>,
    ) -> rusqlite::Result<Vec<recommendations::Position>> {
        recommendations::list(db, user, page)
    }

    /// Products that go with one: those it names, then others of its category.
    fn related(&self, db: &Connection, id: &str, limit: i64) -> rusqlite::Result<Vec<String>> {
        recommendations::list_related(db, id, limit)
    }
}
