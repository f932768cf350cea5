//! The rating of a product, over all reviews.

use bff_kit::object;
use proto::reviews;

/// Rating of a product over all reviews.
#[object(reviews::Rating)]
pub(crate) struct Rating {
    /// Mean of all stars, 1 to 5. Null when there is no review.
    #[read(average, review_count, with = mean)]
    average: Option<f64>,
    /// Number of reviews.
    #[read(review_count)]
    count: i32,
    /// Number of reviews with one star, two stars, and so on: five numbers.
    #[read(star_counts, most = 5)]
    stars: Vec<i32>,
}

fn mean(average: f64, reviews: i32) -> Option<f64> {
    (reviews > 0).then_some(average)
}
