//! The stored products, read by the functions of the services they belong to.

use proto::{
    catalog::{Category, Product},
    inventory::Stock,
    reviews::{Rating, Review},
};
use rusqlite::Connection;

use crate::{
    assortment::{
        Assortment, Found, ReviewRow,
        position::{ListPosition, RecommendationPosition, ReviewPosition, SearchPosition},
        query::Query,
    },
    catalog, inventory,
    mask::Mask,
    money::Money,
    page::Page,
    pricing, recommendations,
    refusal::Refusal,
    reviews,
};

/// The products of the store.
#[derive(Debug)]
pub(crate) struct Stored;

impl Assortment for Stored {
    fn find(&self, db: &Connection, id: &str, mask: &Mask<Product>) -> rusqlite::Result<Option<Product>> {
        catalog::find_product(db, id, mask)
    }

    fn check(&self, db: &Connection, id: &str) -> Result<(), Refusal> {
        catalog::check_product(db, id)
    }

    fn list(
        &self,
        db: &Connection,
        category: Option<&str>,
        page: &Page<ListPosition>,
    ) -> Result<Found<ListPosition>, Refusal> {
        catalog::list_products(db, category, page)
    }

    fn search(
        &self,
        db: &Connection,
        query: &Query,
        page: &Page<SearchPosition>,
    ) -> Result<Found<SearchPosition>, Refusal> {
        catalog::search_products(db, query, page)
    }

    fn categories(&self, db: &Connection, mask: &Mask<Category>) -> rusqlite::Result<Vec<Category>> {
        catalog::list_categories(db, mask)
    }

    fn list_price(&self, db: &Connection, id: &str) -> rusqlite::Result<Option<Money>> {
        pricing::list_price(db, id)
    }

    fn stock(&self, db: &Connection, id: &str, mask: &Mask<Stock>) -> Result<Stock, Refusal> {
        inventory::find_stock(db, id, mask)
    }

    fn rating(&self, db: &Connection, id: &str, mask: &Mask<Rating>) -> Result<Rating, Refusal> {
        reviews::find_rating(db, id, mask)
    }

    fn reviews(
        &self,
        db: &Connection,
        id: &str,
        page: &Page<ReviewPosition>,
        mask: &Mask<Review>,
    ) -> Result<Found<ReviewRow>, Refusal> {
        reviews::list(db, id, page, mask)
    }

    fn recommended(
        &self,
        db: &Connection,
        user: &str,
        page: &Page<RecommendationPosition>,
    ) -> rusqlite::Result<Vec<RecommendationPosition>> {
        recommendations::list(db, user, page)
    }

    fn related(&self, db: &Connection, id: &str, limit: i64) -> rusqlite::Result<Vec<String>> {
        recommendations::list_related(db, id, limit)
    }
}
