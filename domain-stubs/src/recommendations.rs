//! The recommendation service: products recommended to a user, and products related to another.

mod ranking;

use proto::recommendations::{
    BatchListRelatedRequest, BatchListRelatedResponse, ListRecommendationsRequest,
    ListRecommendationsResponse, RelatedProducts, RelatedQuery, RelatedResult,
    recommendation_service_server::RecommendationService, related_result::Outcome,
};
use rusqlite::Connection;
use tonic::{Request, Response, Status};

pub(crate) use self::ranking::{list, related as list_related};
use crate::{
    assortment::Products,
    batch::{Answer, Batch, Key},
    credential::Caller,
    mask::{Mask, Resource},
    page::{Asked, Listing},
    refusal::Refusal,
    store::Store,
};

/// Default number of products on a page.
const DEFAULT_PAGE_SIZE: usize = 10;

/// Largest number of products on a page.
const MAX_PAGE_SIZE: i32 = 50;

/// Recommendations over the store.
#[derive(Debug, Clone)]
pub(crate) struct Recommendations {
    pub(crate) store: Store,
    pub(crate) products: Products,
}

impl Resource for RelatedProducts {
    const NAME: &'static str = "shop.recommendations.v1.RelatedProducts";
    const KEY: Option<&'static str> = None;
}

impl Key for RelatedQuery {
    fn id(&self) -> &str {
        &self.product_id
    }

    fn renamed(&self, product_id: String) -> Self {
        Self { product_id, ..self.clone() }
    }
}

#[tonic::async_trait]
impl RecommendationService for Recommendations {
    async fn list_recommendations(
        &self,
        request: Request<ListRecommendationsRequest>,
    ) -> Result<Response<ListRecommendationsResponse>, Status> {
        let (_, extensions, request) = request.into_parts();
        // Without a user no product counts as reviewed, so the most popular ones come first.
        let user = Caller::of(&extensions)?.user().unwrap_or_default().to_owned();
        let page = Listing::new("ListRecommendations", &[&user], DEFAULT_PAGE_SIZE).page(Asked {
            page_size: request.page_size.min(MAX_PAGE_SIZE),
            page_token: &request.page_token,
            skip: 0,
        })?;
        let products = self.products.clone();
        let response = self
            .store
            .read(move |db| {
                let mut positions = products.recommended(db, &user, &page)?;
                let tokens = page.cut(&mut positions, Clone::clone);
                let product_ids = positions.into_iter().map(|position| position.id).collect();
                Ok(ListRecommendationsResponse {
                    product_ids,
                    next_page_token: tokens.next,
                    item_tokens: tokens.items,
                })
            })
            .await?;
        Ok(Response::new(response))
    }

    async fn batch_list_related(
        &self,
        request: Request<BatchListRelatedRequest>,
    ) -> Result<Response<BatchListRelatedResponse>, Status> {
        let (_, extensions, request) = request.into_parts();
        let mask = Mask::<RelatedProducts>::new(request.read_mask.as_ref())?;
        let batch = Batch::new(&extensions, "queries", request.queries)?;
        let products = self.products.clone();
        let results = batch.read(&self.store, move |db, query| related(&products, db, query, &mask)).await?;
        let results = results.into_iter().map(RelatedResult::from).collect();
        Ok(Response::new(BatchListRelatedResponse { results }))
    }
}

fn related(
    products: &Products,
    db: &Connection,
    query: &RelatedQuery,
    mask: &Mask<RelatedProducts>,
) -> Result<RelatedProducts, Refusal> {
    // One page without a token: the contract has no next page.
    let page = Listing::new("BatchListRelated", &[&query.product_id], DEFAULT_PAGE_SIZE)
        .page::<()>(Asked { page_size: query.page_size.min(MAX_PAGE_SIZE), page_token: "", skip: 0 })?;
    products.check(db, &query.product_id)?;
    let mut product_ids = products.related(db, &query.product_id, page.limit())?;
    let _tokens = page.cut(&mut product_ids, |_| ());
    Ok(mask.trim(RelatedProducts { product_ids }))
}

impl From<Answer<RelatedQuery, RelatedProducts>> for RelatedResult {
    fn from(Answer { key: query, outcome }: Answer<RelatedQuery, RelatedProducts>) -> Self {
        Self { query: Some(query), outcome: Some(outcome.map_or_else(Outcome::Error, Outcome::Item)) }
    }
}
