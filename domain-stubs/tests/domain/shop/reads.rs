//! Batch reads as outcomes by key, and reads of a single key.

use prost_types::FieldMask;
use proto::{
    catalog::{BatchGetProductsRequest, Product, product_result},
    common::KeyError,
    inventory::{BatchGetStockRequest, Stock, stock_result},
    orders::{BatchGetOrdersRequest, Order, order_result},
    pricing::{BatchGetPricesRequest, Price, price_result},
    recommendations::{BatchListRelatedRequest, RelatedProducts, RelatedQuery, related_result},
    reviews::{
        BatchGetRatingsRequest, BatchListReviewsRequest, Rating, ReviewsPage, ReviewsQuery, rating_result,
        reviews_result,
    },
    shipping::{
        BatchGetShippingOptionsRequest, QuoteParcelRequest, ShippingOptions, ShippingQuery, shipping_result,
    },
    users::{BatchGetUsersRequest, User, user_result},
};
use tonic::Status;

use super::Clients;

/// Each key with its outcome, in the order of the response.
pub(crate) type Outcomes<K, T> = Vec<(K, Result<T, KeyError>)>;

impl Clients {
    pub(crate) async fn products(
        &self,
        ids: Vec<String>,
        read_mask: Option<FieldMask>,
    ) -> Result<Outcomes<String, Product>, Status> {
        use product_result::Outcome;
        let request = BatchGetProductsRequest { ids, read_mask };
        let response = self.catalog().batch_get_products(request).await?.into_inner();
        let outcomes = response.results.into_iter().map(|result| match result.outcome.unwrap() {
            Outcome::Item(product) => (result.id, Ok(product)),
            Outcome::Error(error) => (result.id, Err(error)),
        });
        Ok(outcomes.collect())
    }

    pub(crate) async fn prices(
        &self,
        product_ids: Vec<String>,
        read_mask: Option<FieldMask>,
    ) -> Result<Outcomes<String, Price>, Status> {
        use price_result::Outcome;
        let request = BatchGetPricesRequest { product_ids, read_mask };
        let response = self.pricing().batch_get_prices(request).await?.into_inner();
        let outcomes = response.results.into_iter().map(|result| match result.outcome.unwrap() {
            Outcome::Item(price) => (result.product_id, Ok(price)),
            Outcome::Error(error) => (result.product_id, Err(error)),
        });
        Ok(outcomes.collect())
    }

    pub(crate) async fn stocks(
        &self,
        product_ids: Vec<String>,
        read_mask: Option<FieldMask>,
    ) -> Result<Outcomes<String, Stock>, Status> {
        use stock_result::Outcome;
        let request = BatchGetStockRequest { product_ids, read_mask };
        let response = self.inventory().batch_get_stock(request).await?.into_inner();
        let outcomes = response.results.into_iter().map(|result| match result.outcome.unwrap() {
            Outcome::Item(stock) => (result.product_id, Ok(stock)),
            Outcome::Error(error) => (result.product_id, Err(error)),
        });
        Ok(outcomes.collect())
    }

    pub(crate) async fn ratings(
        &self,
        product_ids: Vec<String>,
        read_mask: Option<FieldMask>,
    ) -> Result<Outcomes<String, Rating>, Status> {
        use rating_result::Outcome;
        let request = BatchGetRatingsRequest { product_ids, read_mask };
        let response = self.reviews().batch_get_ratings(request).await?.into_inner();
        let outcomes = response.results.into_iter().map(|result| match result.outcome.unwrap() {
            Outcome::Item(rating) => (result.product_id, Ok(rating)),
            Outcome::Error(error) => (result.product_id, Err(error)),
        });
        Ok(outcomes.collect())
    }

    pub(crate) async fn reviews_pages(
        &self,
        queries: Vec<ReviewsQuery>,
        read_mask: Option<FieldMask>,
    ) -> Result<Outcomes<ReviewsQuery, ReviewsPage>, Status> {
        use reviews_result::Outcome;
        let request = BatchListReviewsRequest { queries, read_mask };
        let response = self.reviews().batch_list_reviews(request).await?.into_inner();
        let outcomes = response.results.into_iter().map(|result| match result.outcome.unwrap() {
            Outcome::Item(page) => (result.query.unwrap(), Ok(page)),
            Outcome::Error(error) => (result.query.unwrap(), Err(error)),
        });
        Ok(outcomes.collect())
    }

    pub(crate) async fn orders_by_id(
        &self,
        order_ids: Vec<String>,
        read_mask: Option<FieldMask>,
    ) -> Result<Outcomes<String, Order>, Status> {
        use order_result::Outcome;
        let request = BatchGetOrdersRequest { order_ids, read_mask };
        let response = self.orders().batch_get_orders(request).await?.into_inner();
        let outcomes = response.results.into_iter().map(|result| match result.outcome.unwrap() {
            Outcome::Item(order) => (result.order_id, Ok(order)),
            Outcome::Error(error) => (result.order_id, Err(error)),
        });
        Ok(outcomes.collect())
    }

    pub(crate) async fn related(
        &self,
        queries: Vec<RelatedQuery>,
        read_mask: Option<FieldMask>,
    ) -> Result<Outcomes<RelatedQuery, RelatedProducts>, Status> {
        use related_result::Outcome;
        let request = BatchListRelatedRequest { queries, read_mask };
        let response = self.recommendations().batch_list_related(request).await?.into_inner();
        let outcomes = response.results.into_iter().map(|result| match result.outcome.unwrap() {
            Outcome::Item(related) => (result.query.unwrap(), Ok(related)),
            Outcome::Error(error) => (result.query.unwrap(), Err(error)),
        });
        Ok(outcomes.collect())
    }

    pub(crate) async fn shipping_options(
        &self,
        queries: Vec<ShippingQuery>,
        read_mask: Option<FieldMask>,
    ) -> Result<Outcomes<ShippingQuery, ShippingOptions>, Status> {
        use shipping_result::Outcome;
        let request = BatchGetShippingOptionsRequest { queries, read_mask };
        let response = self.shipping().batch_get_shipping_options(request).await?.into_inner();
        let outcomes = response.results.into_iter().map(|result| match result.outcome.unwrap() {
            Outcome::Item(options) => (result.query.unwrap(), Ok(options)),
            Outcome::Error(error) => (result.query.unwrap(), Err(error)),
        });
        Ok(outcomes.collect())
    }

    pub(crate) async fn quote(&self, products: &[&str], country: &str) -> Result<ShippingOptions, Status> {
        let request = QuoteParcelRequest {
            product_ids: products.iter().map(ToString::to_string).collect(),
            country_code: country.into(),
            read_mask: None,
        };
        Ok(self.shipping().quote_parcel(request).await?.into_inner().quote.unwrap())
    }

    pub(crate) async fn users_by_id(
        &self,
        user_ids: Vec<String>,
        read_mask: Option<FieldMask>,
    ) -> Result<Outcomes<String, User>, Status> {
        use user_result::Outcome;
        let request = BatchGetUsersRequest { user_ids, read_mask };
        let response = self.users().batch_get_users(request).await?.into_inner();
        let outcomes = response.results.into_iter().map(|result| match result.outcome.unwrap() {
            Outcome::Item(user) => (result.user_id, Ok(user)),
            Outcome::Error(error) => (result.user_id, Err(error)),
        });
        Ok(outcomes.collect())
    }

    /// A page of the reviews of a known product.
    pub(crate) async fn reviews_page(&self, query: ReviewsQuery) -> ReviewsPage {
        only(self.reviews_pages(vec![query], None).await)
    }

    /// The rating of a known product.
    pub(crate) async fn rating(&self, product: &str) -> Rating {
        only(self.ratings(vec![product.to_owned()], None).await)
    }

    /// A known order of the user.
    pub(crate) async fn order(&self, id: &str) -> Order {
        only(self.orders_by_id(vec![id.to_owned()], None).await)
    }

    /// The stock of a known product.
    pub(crate) async fn stock(&self, product: &str) -> Stock {
        only(self.stocks(vec![product.to_owned()], None).await)
    }
}

/// The one item of a response for one key.
pub(crate) fn only<K, T>(outcomes: Result<Outcomes<K, T>, Status>) -> T {
    let mut outcomes = outcomes.unwrap();
    assert_eq!(outcomes.len(), 1);
    outcomes.remove(0).1.unwrap()
}

/// Each key with the reason of its error, which is empty without one.
pub(crate) fn reasons<K, T>(outcomes: Outcomes<K, T>) -> Vec<(K, String)> {
    let reason = |outcome: Result<T, KeyError>| outcome.err().map(|error| error.reason).unwrap_or_default();
    outcomes.into_iter().map(|(key, outcome)| (key, reason(outcome))).collect()
}
