//! A customer's review of a product.

use async_graphql::SimpleObject;
use bff_kit::value::DateTime;
use bff_kit::{Id, Shown, object};
use downstream::ReviewId;
use proto::reviews::{self, ReviewsPage};

/// Fields of a page of reviews beside its items.
#[derive(SimpleObject, Shown)]
pub(crate) struct ReviewConnectionFields {
    /// Number of reviews on all pages together.
    total_count: i32,
}

impl From<&ReviewsPage> for ReviewConnectionFields {
    fn from(page: &ReviewsPage) -> Self {
        Self { total_count: page.total_size }
    }
}

/// A customer's review of a product.
#[object(reviews::Review, id = ReviewId)]
pub(crate) struct Review {
    /// Id of the review.
    #[read(id)]
    pub(super) id: Id<Self>,
    /// Display name of the author, such as "Ada L.".
    #[read(author_name)]
    author: String,
    /// Stars, 1 to 5.
    #[read(rating)]
    rating: i32,
    /// Text of the review, plain text.
    #[read(text, bytes = 4_000)]
    text: String,
    /// Time of creation. Null when unknown.
    #[read(create_time, known = DateTime::of)]
    created_at: Option<DateTime>,
}
