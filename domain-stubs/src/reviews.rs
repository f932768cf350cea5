//! The review service: reviews of products, and their ratings.

mod ratings;
mod stored;
mod write;

use proto::reviews::{
    BatchGetRatingsRequest, BatchGetRatingsResponse, BatchGetReviewsRequest, BatchGetReviewsResponse,
    BatchListReviewsRequest, BatchListReviewsResponse, CreateReviewRequest, CreateReviewResponse, Rating,
    RatingResult, Review, ReviewResult, ReviewsPage, ReviewsQuery, ReviewsResult, rating_result,
    review_result, review_service_server::ReviewService, reviews_result,
};
use rusqlite::Connection;
use tonic::{Request, Response, Status};

pub(crate) use self::ratings::{find as find_rating, rating};
pub(crate) use self::stored::review_id;
use crate::{
    assortment::{Found, Products, ReviewRow, position::ReviewPosition},
    batch::{Answer, Batch, Key},
    catalog::check_product,
    clock::Clock,
    credential::Caller,
    mask::{Mask, Resource},
    page::{Asked, Listing, Page},
    refusal::Refusal,
    store::Store,
};

/// Default number of reviews on a page.
const DEFAULT_PAGE_SIZE: usize = 10;

/// Reviews over the store.
#[derive(Debug, Clone)]
pub(crate) struct Reviews {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) products: Products,
}

impl Resource for Review {
    const NAME: &'static str = "shop.reviews.v1.Review";
    const KEY: Option<&'static str> = Some("id");
}

impl Resource for Rating {
    const NAME: &'static str = "shop.reviews.v1.Rating";
    const KEY: Option<&'static str> = Some("product_id");
}

impl Key for ReviewsQuery {
    fn id(&self) -> &str {
        &self.product_id
    }

    fn renamed(&self, product_id: String) -> Self {
        Self { product_id, ..self.clone() }
    }
}

#[tonic::async_trait]
impl ReviewService for Reviews {
    async fn batch_list_reviews(
        &self,
        request: Request<BatchListReviewsRequest>,
    ) -> Result<Response<BatchListReviewsResponse>, Status> {
        let (_, extensions, request) = request.into_parts();
        let mask = Mask::<Review>::new(request.read_mask.as_ref())?;
        let batch = Batch::new(&extensions, "queries", request.queries)?;
        let products = self.products.clone();
        let results =
            batch.read(&self.store, move |db, query| read_page(&products, db, query, &mask)).await?;
        let results = results.into_iter().map(ReviewsResult::from).collect();
        Ok(Response::new(BatchListReviewsResponse { results }))
    }

    async fn batch_get_reviews(
        &self,
        request: Request<BatchGetReviewsRequest>,
    ) -> Result<Response<BatchGetReviewsResponse>, Status> {
        let (_, extensions, request) = request.into_parts();
        let mask = Mask::<Review>::new(request.read_mask.as_ref())?;
        let batch = Batch::new(&extensions, "review_ids", request.review_ids)?;
        let find = move |db: &Connection, id: &String| Ok(mask.trim(stored::find(db, id, &mask)?));
        let results = batch.read(&self.store, find).await?;
        let results = results.into_iter().map(ReviewResult::from).collect();
        Ok(Response::new(BatchGetReviewsResponse { results }))
    }

    async fn batch_get_ratings(
        &self,
        request: Request<BatchGetRatingsRequest>,
    ) -> Result<Response<BatchGetRatingsResponse>, Status> {
        let (_, extensions, request) = request.into_parts();
        let mask = Mask::<Rating>::new(request.read_mask.as_ref())?;
        let batch = Batch::new(&extensions, "product_ids", request.product_ids)?;
        let products = self.products.clone();
        let results = batch.read(&self.store, move |db, id| products.rating(db, id, &mask)).await?;
        let results = results.into_iter().map(RatingResult::from).collect();
        Ok(Response::new(BatchGetRatingsResponse { results }))
    }

    async fn create_review(
        &self,
        request: Request<CreateReviewRequest>,
    ) -> Result<Response<CreateReviewResponse>, Status> {
        let (_, extensions, request) = request.into_parts();
        let user = Caller::acting_user(&extensions)?;
        let draft = write::Draft::new(request, &user, self.clock.now())?;
        let response = self.store.write(move |db| write::create(db, &draft)).await?;
        Ok(Response::new(response))
    }
}

fn read_page(
    products: &Products,
    db: &Connection,
    query: &ReviewsQuery,
    mask: &Mask<Review>,
) -> Result<ReviewsPage, Refusal> {
    let page = Listing::new("BatchListReviews", &[&query.product_id], DEFAULT_PAGE_SIZE).page(Asked {
        page_size: query.page_size,
        page_token: &query.page_token,
        skip: query.skip,
    })?;
    let Found { mut rows, total_size } = products.reviews(db, &query.product_id, &page, mask)?;
    let tokens = page.cut(&mut rows, |row| row.position.clone());
    let reviews = rows.into_iter().map(|row| mask.trim(row.review)).collect();
    Ok(ReviewsPage { reviews, next_page_token: tokens.next, total_size, item_tokens: tokens.items })
}

/// A page of the stored reviews of a product, newest first.
pub(crate) fn list(
    db: &Connection,
    product: &str,
    page: &Page<ReviewPosition>,
    mask: &Mask<Review>,
) -> Result<Found<ReviewRow>, Refusal> {
    check_product(db, product)?;
    let total_size = stored::count(db, product)?;
    Ok(Found { rows: stored::list(db, product, page, mask)?, total_size })
}

impl From<Answer<ReviewsQuery, ReviewsPage>> for ReviewsResult {
    fn from(Answer { key: query, outcome }: Answer<ReviewsQuery, ReviewsPage>) -> Self {
        use reviews_result::Outcome;
        Self { query: Some(query), outcome: Some(outcome.map_or_else(Outcome::Error, Outcome::Item)) }
    }
}

impl From<Answer<String, Review>> for ReviewResult {
    fn from(Answer { key: review_id, outcome }: Answer<String, Review>) -> Self {
        use review_result::Outcome;
        Self { review_id, outcome: Some(outcome.map_or_else(Outcome::Error, Outcome::Item)) }
    }
}

impl From<Answer<String, Rating>> for RatingResult {
    fn from(Answer { key: product_id, outcome }: Answer<String, Rating>) -> Self {
        use rating_result::Outcome;
        Self { product_id, outcome: Some(outcome.map_or_else(Outcome::Error, Outcome::Item)) }
    }
}
