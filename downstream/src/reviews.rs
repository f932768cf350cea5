//! Reviews and ratings of products.

use std::sync::Arc;

use fetch::{BatchResult, Call, Command, Fetch, PageTokens, Rpc, Tags, UpstreamError};
use proto::reviews::{
    BatchGetRatingsRequest, BatchGetRatingsResponse, BatchGetReviewsRequest, BatchGetReviewsResponse,
    BatchListReviewsRequest, BatchListReviewsResponse, CreateReviewRequest, CreateReviewResponse, Rating,
    Review, ReviewsQuery, rating_result, review_result, reviews_result,
};

use crate::key_error;

/// A page of the reviews of a product, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReviewsOf {
    /// The product.
    pub product: Arc<str>,
    /// Number of reviews on the page, at most 100. A page of 0 serves only for the data beside
    /// the reviews, and is sent as a page of one.
    pub page_size: i32,
    /// Token to continue the list from; empty for its beginning.
    pub page_token: String,
    /// Number of reviews to skip, counted from the token.
    pub skip: i32,
}

/// A page of reviews.
#[derive(Debug)]
pub struct ReviewPage {
    /// The reviews, newest first.
    pub reviews: Vec<Arc<Review>>,
    /// Tokens to continue the list from.
    pub tokens: PageTokens,
    /// Number of reviews on all pages together.
    pub total_size: i32,
}

impl Fetch for ReviewsOf {
    const RPC: Rpc = Rpc::read("shop.reviews.v1.ReviewService/BatchListReviews").public();
    const MAX_KEYS: usize = 100;
    const KEYS: &'static str = "queries";
    const READS: &'static [&'static str] = &["id"];
    const ALIASES: &'static [(&'static str, &'static str)] = crate::PAGE_ALIASES;
    type Value = Arc<ReviewPage>;

    async fn batch(keys: Vec<Self>, call: Call<'_>) -> BatchResult<Self> {
        // Keys with the same query, such as pages of 0 and of 1, share it: a query is sent once.
        let mut asked: Vec<(ReviewsQuery, Vec<Self>)> = Vec::with_capacity(keys.len());
        for key in &keys {
            let query = key.query();
            match asked.iter_mut().find(|(other, _)| *other == query) {
                Some((_, keys)) => keys.push(key.clone()),
                None => asked.push((query, vec![key.clone()])),
            }
        }
        let queries = asked.iter().map(|(query, _)| query.clone()).collect();
        let request = BatchListReviewsRequest { queries, read_mask: call.mask() };
        call.batch(keys, request, |response: BatchListReviewsResponse| {
            response.results.into_iter().flat_map(move |result| {
                let answer = match result.outcome {
                    Some(reviews_result::Outcome::Item(page)) => Ok(Arc::new(ReviewPage {
                        reviews: page.reviews.into_iter().map(Arc::new).collect(),
                        tokens: PageTokens { next: page.next_page_token, items: page.item_tokens },
                        total_size: page.total_size,
                    })),
                    Some(reviews_result::Outcome::Error(error)) => Err(key_error::fault(error)),
                    None => Err(key_error::no_outcome()),
                };
                let query = result.query.unwrap_or_default();
                let keys = asked.iter().find(|(it, _)| *it == query).map(|(_, keys)| keys.clone());
                let keys = keys.unwrap_or_else(|| vec![Self::of_query(query)]);
                keys.into_iter().map(move |key| (key, answer.clone()))
            })
        })
        .await
    }

    fn tag(&self, _answer: Option<&Arc<ReviewPage>>, tags: &Tags) {
        tags.entity("product", &self.product);
    }
}

impl ReviewsOf {
    fn query(&self) -> ReviewsQuery {
        ReviewsQuery {
            product_id: self.product.to_string(),
            page_size: self.page_size.max(1),
            page_token: self.page_token.clone(),
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

/// A review, by its id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReviewById(pub Arc<str>);

impl Fetch for ReviewById {
    const RPC: Rpc = Rpc::read("shop.reviews.v1.ReviewService/BatchGetReviews").public();
    const MAX_KEYS: usize = 100;
    const KEYS: &'static str = "review_ids";
    const READS: &'static [&'static str] = &["id"];
    type Value = Arc<Review>;

    async fn batch(keys: Vec<Self>, call: Call<'_>) -> BatchResult<Self> {
        let review_ids = keys.iter().map(|key| key.0.to_string()).collect();
        let request = BatchGetReviewsRequest { review_ids, read_mask: call.mask() };
        call.batch(keys, request, |response: BatchGetReviewsResponse| {
            response.results.into_iter().map(|result| {
                let answer = match result.outcome {
                    Some(review_result::Outcome::Item(item)) => Ok(Arc::new(item)),
                    Some(review_result::Outcome::Error(error)) => Err(key_error::fault(error)),
                    None => Err(key_error::no_outcome()),
                };
                (Self(result.review_id.into()), answer)
            })
        })
        .await
    }
}

/// Rating of a product over all of its reviews, by the id of the product.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RatingOf(pub Arc<str>);

impl Fetch for RatingOf {
    const RPC: Rpc = Rpc::read("shop.reviews.v1.ReviewService/BatchGetRatings").public();
    const MAX_KEYS: usize = 100;
    const KEYS: &'static str = "product_ids";
    const READS: &'static [&'static str] = &["product_id"];
    type Value = Arc<Rating>;

    async fn batch(keys: Vec<Self>, call: Call<'_>) -> BatchResult<Self> {
        let product_ids = keys.iter().map(|key| key.0.to_string()).collect();
        let request = BatchGetRatingsRequest { product_ids, read_mask: call.mask() };
        call.batch(keys, request, |response: BatchGetRatingsResponse| {
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
    /// Idempotency key: repeating the command with the same key changes nothing more.
    pub idempotency_key: String,
    /// The product.
    pub product: Arc<str>,
    /// Stars, 1 to 5.
    pub rating: i32,
    /// Text of the review, plain text.
    pub text: String,
}

impl Command for CreateReview {
    const RPC: Rpc = Rpc::idempotent_write("shop.reviews.v1.ReviewService/CreateReview");
    type Value = Arc<Review>;

    async fn send(self, call: Call<'_>) -> Result<Self::Value, UpstreamError> {
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
