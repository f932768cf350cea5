//! A customer's review of a product.

use bff_kit::object;
use proto::reviews;

use crate::format;

/// A customer's review of a product.
#[object(reviews::Review)]
pub(crate) struct Review {
    /// Display name of the author, such as "Ada L.".
    #[read(author_name)]
    author: String,
    /// Stars, 1 to 5.
    #[read(rating)]
    rating: i32,
    /// Text of the review, plain text.
    #[read(text, bytes = 4_000)]
    text: String,
    /// Age of the review as localised text, such as "5 min ago". Null when unknown.
    #[read(known = format::when(ctx, create_time))]
    when: Option<String>,
}

/// Returns the mean of all stars; `None` if there is no review.
pub(super) fn mean(average: f64, reviews: i32) -> Option<f64> {
    (reviews > 0).then_some(average)
}
