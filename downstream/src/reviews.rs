//! Reviews and ratings of products.

use fetch::{Command, Fetch, Page};
use proto::reviews::review_service;

use crate::{ProductId, ReviewId};

/// A page of the reviews of a product, newest first.
#[derive(Fetch)]
#[fetch(review_service::BatchListReviews, keys = queries)]
pub struct ReviewsOf {
    /// The product.
    pub product_id: ProductId,
    /// The page, of 100 reviews at most.
    pub page: Page,
}

/// A review, by its id.
#[derive(Fetch)]
#[fetch(review_service::BatchGetReviews, keys = review_ids)]
pub struct ReviewById(pub ReviewId);

/// Rating of a product over all of its reviews, by the id of the product.
#[derive(Fetch)]
#[fetch(review_service::BatchGetRatings, keys = product_ids)]
pub struct RatingOf(pub ProductId);

/// Writes a review in the name of the acting user.
#[derive(Clone, Debug, Command)]
#[command(review_service::CreateReview)]
pub struct CreateReview {
    /// Idempotency key: repeating the command with the same key changes nothing more.
    pub idempotency_key: String,
    /// The product.
    pub product_id: ProductId,
    /// Stars, 1 to 5.
    pub rating: i32,
    /// Text of the review, plain text.
    pub text: String,
}
