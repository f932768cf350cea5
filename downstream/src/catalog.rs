//! Products and categories.

use fetch::{Fetch, Page};
use proto::catalog::catalog_service;

use crate::{CategoryId, ProductId};

/// A product, by its id.
#[derive(Fetch)]
#[fetch(catalog_service::BatchGetProducts, keys = ids, key = id)]
pub struct ProductById(pub ProductId);

/// A page of the products of a category, or of all products, by name.
#[derive(Fetch)]
#[fetch(catalog_service::ListProducts)]
pub struct ProductsIn {
    /// The category; `None` for all products.
    #[key(alias = "category")]
    pub category_id: Option<CategoryId>,
    /// The page, of 100 products at most.
    pub page: Page,
}

/// A page of the products that match a query, best match first.
#[derive(Fetch)]
#[fetch(catalog_service::SearchProducts)]
pub struct ProductsMatching {
    /// Words to search for.
    pub query: String,
    /// The page, of 100 products at most.
    pub page: Page,
}

/// All categories, by name.
#[derive(Fetch)]
#[fetch(catalog_service::ListCategories)]
pub struct AllCategories;
