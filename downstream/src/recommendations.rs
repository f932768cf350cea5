//! Products that a customer may also like.

use fetch::Fetch;
use proto::recommendations::recommendation_service;

use crate::ProductId;

/// Recommended products for the acting user, best first; the most popular products if there is no acting user.
#[derive(Fetch)]
#[fetch(recommendation_service::ListRecommendations, mine)]
pub struct Recommended {
    /// Number of products to load, at most 50.
    #[key(alias = "first")]
    pub page_size: i32,
}

/// Products related to another one, best first.
#[derive(Fetch)]
#[fetch(recommendation_service::BatchListRelated, keys = queries)]
pub struct RelatedTo {
    /// The product.
    pub product_id: ProductId,
    /// Number of products to load, at most 50.
    #[key(alias = "first")]
    pub page_size: i32,
}
