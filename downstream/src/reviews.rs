//! What customers say of products.

use std::sync::Arc;

use fetch::{Answers, Call, Command, Fault, Fetch, Rpc, Tags};
use proto::reviews::{
    BatchGetRatingsRequest, BatchGetRatingsResponse, BatchListReviewsRequest, BatchListReviewsResponse,
    CreateReviewRequest, CreateReviewResponse, Rating, Review, ReviewsQuery, rating_result, reviews_result,
};

use crate::key_error;

/// A page of the reviews of a product, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReviewsOf {
    /// The product.
    pub product: Arc<str>,
    /// Reviews on the page, at most 100.
    pub page_size: i32,
    /// Where to go on; empty at the beginning.
    pub page_token: String,
    /// Reviews to pass over, counted from the token.
    pub skip: i32,
}

/// A page of reviews.
#[derive(Debug)]
pub struct ReviewPage {
    /// The reviews, newest first.
    pub reviews: Vec<Arc<Review>>,
    /// Token of the next page; empty on the last one.
    pub next_page_token: String,
    /// Number of reviews on all pages together.
    pub total_size: i32,
}

impl Fetch for ReviewsOf {
    const RPC: Rpc = Rpc::read("shop.reviews.v1.ReviewService/BatchListReviews").public();
    const MAX_KEYS: usize = 100;
    const READS: &'static [&'static str] = &["id"];
    const ALIASES: &'static [(&'static str, &'static str)] = crate::PAGE_ALIASES;
    type Value = Arc<ReviewPage>;

    async fn batch(keys: Vec<Self>, call: Call<'_>) -> Answers<Self> {
        let queries = keys.iter().cloned().map(Self::into_query).collect();
        let request = BatchListReviewsRequest { queries, read_mask: call.mask() };
        call.answer(keys, request, |response: BatchListReviewsResponse| {
            response.results.into_iter().map(|result| {
                let answer = match result.outcome {
                    Some(reviews_result::Outcome::Item(page)) => Ok(Arc::new(ReviewPage {
                        reviews: page.reviews.into_iter().map(Arc::new).collect(),
                        next_page_token: page.next_page_token,
                        total_size: page.total_size,
                    })),
                    Some(reviews_result::Outcome::Error(error)) => Err(key_error::fault(error)),
                    None => Err(key_error::no_outcome()),
                };
                (Self::of_query(result.query.unwrap_or_default()), answer)
            })
        })
        .await
    }

    fn tag(&self, _answer: Option<&Arc<ReviewPage>>, tags: &Tags) {
        tags.entity("product", &self.product);
    }
}

impl ReviewsOf {
    fn into_query(self) -> ReviewsQuery {
        ReviewsQuery {
            product_id: self.product.to_string(),
            page_size: self.page_size,
            page_token: self.page_token,
            skip: self.skip,
        }
    }

    fn of_query(query: ReviewsQuery) -> Self {
        Self {
            product: query.product_id.into(),
            page_size: query.page_size,
            page_token: query.page_token,
            skip: query.skip,
        }
    }
}

/// What all reviews of a product say together.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RatingOf(pub Arc<str>);

impl Fetch for RatingOf {
    const RPC: Rpc = Rpc::read("shop.reviews.v1.ReviewService/BatchGetRatings").public();
    const MAX_KEYS: usize = 100;
    const READS: &'static [&'static str] = &["product_id"];
    type Value = Arc<Rating>;

    async fn batch(keys: Vec<Self>, call: Call<'_>) -> Answers<Self> {
        let product_ids = keys.iter().map(|key| key.0.to_string()).collect();
        let request = BatchGetRatingsRequest { product_ids, read_mask: call.mask() };
        call.answer(keys, request, |response: BatchGetRatingsResponse| {
            response.results.into_iter().map(|result| {
                let answer = match result.outcome {
                    Some(rating_result::Outcome::Item(rating)) => Ok(Arc::new(rating)),
                    Some(rating_result::Outcome::Error(error)) => Err(key_error::fault(error)),
                    None => Err(key_error::no_outcome()),
                };
                (Self(result.product_id.into()), answer)
            })
        })
        .await
    }

    fn tag(&self, _answer: Option<&Arc<Rating>>, tags: &Tags) {
        tags.entity("product", &self.0);
    }
}

/// Writes a review in the name of the acting user.
#[derive(Clone, Debug)]
pub struct CreateReview {
    /// Key under which repeating it changes nothing more.
    pub idempotency_key: String,
    /// The product.
    pub product: Arc<str>,
    /// Stars, 1 to 5.
    pub rating: i32,
    /// What is said, plain text.
    pub text: String,
}

impl Command for CreateReview {
    const RPC: Rpc = Rpc::idempotent_write("shop.reviews.v1.ReviewService/CreateReview");
    type Value = Arc<Review>;

    async fn send(self, call: Call<'_>) -> Result<Self::Value, Fault> {
        let request = CreateReviewRequest {
            idempotency_key: self.idempotency_key,
            product_id: self.product.to_string(),
            rating: self.rating,
            text: self.text,
        };
        let response: CreateReviewResponse = call.unary(request).await?;
        response.review.map(Arc::new).ok_or_else(key_error::no_outcome)
    }
}
