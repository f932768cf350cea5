//! Loaders of one request.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use bench::services::{self, Services};
use prost_types::FieldMask;
use proto::catalog::{self, BatchGetProductsRequest, product_result};
use proto::inventory::{BatchGetStockRequest, stock_result};
use proto::pricing::{self, BatchGetPricesRequest, price_result};
use proto::reviews::{
    self, BatchGetRatingsRequest, BatchListReviewsRequest, ReviewsQuery, rating_result, reviews_result,
};
use proto::users::{BatchGetUsersRequest, User, user_result};
use tonic::Status;

/// The services, and the user of a request.
#[derive(Clone)]
pub struct Session {
    pub services: Services,
    pub user: Arc<str>,
    /// True to send read masks.
    pub masks: bool,
}

impl Session {
    /// Returns a read mask of these paths, if masks are sent.
    pub fn mask(&self, paths: &[&str]) -> Option<FieldMask> {
        if self.masks { services::mask(paths) } else { None }
    }
}

/// A product to load, with the paths that are read of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProductKey {
    pub id: String,
    pub paths: Vec<&'static str>,
}

/// The first reviews of a product.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ReviewsKey {
    pub product_id: String,
    pub first: i32,
}

pub struct ProductLoader(pub Session);
pub struct PriceLoader(pub Session);
pub struct StockLoader(pub Session);
pub struct RatingLoader(pub Session);
pub struct ReviewsLoader(pub Session);
pub struct UserLoader(pub Session);

impl Loader<ProductKey> for ProductLoader {
    type Value = catalog::Product;
    type Error = Status;

    async fn load(&self, keys: &[ProductKey]) -> Result<HashMap<ProductKey, catalog::Product>, Status> {
        let paths: BTreeSet<_> = keys.iter().flat_map(|key| key.paths.iter().copied()).collect();
        let paths: Vec<_> = paths.into_iter().collect();
        let ids = keys.iter().map(|key| key.id.clone()).collect();
        let message = BatchGetProductsRequest { ids, read_mask: self.0.mask(&paths) };
        let services = &self.0.services;
        let answer =
            services.catalog.clone().batch_get_products(services.request(message, 800, None)).await?;
        let mut products: HashMap<_, _> = answer
            .into_inner()
            .results
            .into_iter()
            .filter_map(|it| match it.outcome? {
                product_result::Outcome::Item(product) => Some((it.id, product)),
                product_result::Outcome::Error(_) => None,
            })
            .collect();
        Ok(keys.iter().filter_map(|key| Some((key.clone(), products.remove(&key.id)?))).collect())
    }
}

impl Loader<String> for PriceLoader {
    type Value = pricing::Price;
    type Error = Status;

    async fn load(&self, keys: &[String]) -> Result<HashMap<String, pricing::Price>, Status> {
        let read_mask = self.0.mask(&["customer_price", "list_price", "product_id"]);
        let message = BatchGetPricesRequest { product_ids: keys.to_vec(), read_mask };
        let (services, user) = (&self.0.services, Some(&*self.0.user));
        let answer = services.pricing.clone().batch_get_prices(services.request(message, 400, user)).await?;
        let results = answer.into_inner().results.into_iter();
        Ok(results
            .filter_map(|it| match it.outcome? {
                price_result::Outcome::Item(price) => Some((it.product_id, price)),
                price_result::Outcome::Error(_) => None,
            })
            .collect())
    }
}

impl Loader<String> for StockLoader {
    type Value = bool;
    type Error = Status;

    async fn load(&self, keys: &[String]) -> Result<HashMap<String, bool>, Status> {
        let read_mask = self.0.mask(&["available", "product_id"]);
        let message = BatchGetStockRequest { product_ids: keys.to_vec(), read_mask };
        let services = &self.0.services;
        let answer = services.inventory.clone().batch_get_stock(services.request(message, 400, None)).await?;
        let results = answer.into_inner().results.into_iter();
        Ok(results
            .filter_map(|it| match it.outcome? {
                stock_result::Outcome::Item(stock) => Some((it.product_id, stock.available)),
                stock_result::Outcome::Error(_) => None,
            })
            .collect())
    }
}

impl Loader<String> for RatingLoader {
    type Value = reviews::Rating;
    type Error = Status;

    async fn load(&self, keys: &[String]) -> Result<HashMap<String, reviews::Rating>, Status> {
        let read_mask = self.0.mask(&["average", "product_id", "review_count"]);
        let message = BatchGetRatingsRequest { product_ids: keys.to_vec(), read_mask };
        let services = &self.0.services;
        let answer = services.reviews.clone().batch_get_ratings(services.request(message, 300, None)).await?;
        let results = answer.into_inner().results.into_iter();
        Ok(results
            .filter_map(|it| match it.outcome? {
                rating_result::Outcome::Item(rating) => Some((it.product_id, rating)),
                rating_result::Outcome::Error(_) => None,
            })
            .collect())
    }
}

impl Loader<ReviewsKey> for ReviewsLoader {
    type Value = Vec<reviews::Review>;
    type Error = Status;

    async fn load(&self, keys: &[ReviewsKey]) -> Result<HashMap<ReviewsKey, Vec<reviews::Review>>, Status> {
        let query = |key: &ReviewsKey| ReviewsQuery {
            product_id: key.product_id.clone(),
            page_size: key.first,
            ..ReviewsQuery::default()
        };
        let read_mask = self.0.mask(&["author_name", "create_time", "id", "rating", "text"]);
        let message = BatchListReviewsRequest { queries: keys.iter().map(query).collect(), read_mask };
        let services = &self.0.services;
        let answer =
            services.reviews.clone().batch_list_reviews(services.request(message, 300, None)).await?;
        let results = answer.into_inner().results.into_iter();
        Ok(results
            .filter_map(|it| match (it.query?, it.outcome?) {
                (query, reviews_result::Outcome::Item(page)) => {
                    Some((ReviewsKey { product_id: query.product_id, first: query.page_size }, page.reviews))
                }
                _ => None,
            })
            .collect())
    }
}

impl Loader<String> for UserLoader {
    type Value = User;
    type Error = Status;

    async fn load(&self, keys: &[String]) -> Result<HashMap<String, User>, Status> {
        let read_mask = self.0.mask(&["avatar_url", "given_name", "id"]);
        let message = BatchGetUsersRequest { user_ids: keys.to_vec(), read_mask };
        let (services, user) = (&self.0.services, Some(&*self.0.user));
        let answer = services.users.clone().batch_get_users(services.request(message, 300, user)).await?;
        let results = answer.into_inner().results.into_iter();
        Ok(results
            .filter_map(|it| match it.outcome? {
                user_result::Outcome::Item(user) => Some((it.user_id, user)),
                user_result::Outcome::Error(_) => None,
            })
            .collect())
    }
}
