//! The rating of a product, over all reviews.

use std::sync::Arc;

use async_graphql::Object;
use bff_kit::schema::{bounds, items, reads};
use proto::reviews;

pub(crate) struct Rating(pub(super) Arc<reviews::Rating>);

/// Rating of a product over all reviews.
#[Object]
impl Rating {
    /// Mean of all stars, 1 to 5. Null when there is no review.
    #[graphql(directive = reads::apply(["average", "review_count"]))]
    async fn average(&self) -> Option<f64> {
        (self.0.review_count > 0).then_some(self.0.average)
    }

    /// Number of reviews.
    #[graphql(directive = reads::apply(["review_count"]))]
    async fn count(&self) -> i32 {
        self.0.review_count
    }

    /// Number of reviews with one star, two stars, and so on: five numbers.
    #[graphql(directive = reads::apply(["star_counts"]), directive = bounds::apply(items(5)))]
    async fn stars(&self) -> &[i32] {
        &self.0.star_counts
    }
}
