//! The recommendation service: what else somebody may like.

use proto::recommendations::{
    BatchListRelatedRequest, BatchListRelatedResponse, ListRecommendationsRequest,
    ListRecommendationsResponse, RelatedProducts, RelatedQuery, RelatedResult,
    recommendation_service_server::RecommendationService, related_result::Outcome,
};
use rusqlite::{Connection, params};
use tonic::{Request, Response, Status};

use crate::{
    batch::{Answer, Batch, Key},
    catalog::check_product,
    credential::Caller,
    mask::{Mask, Resource},
    page::{Asked, Listing, Page},
    refusal::Refusal,
    store::Store,
};

/// Products answered when the caller does not say how many, and at most.
const SIZES: (usize, i32) = (10, 50);

/// Recommendations over the store.
#[derive(Debug, Clone)]
pub(crate) struct Recommendations {
    pub(crate) store: Store,
}

impl Resource for RelatedProducts {
    const NAME: &'static str = "shop.recommendations.v1.RelatedProducts";
    const KEY: &'static str = "product_ids";
}

impl Key for RelatedQuery {
    fn id(&self) -> &str {
        &self.product_id
    }

    fn renamed(&self, product_id: String) -> Self {
        Self { product_id, ..self.clone() }
    }
}

/// Where a product stands in its list: how well it fits, and its identifier.
type Position = (i64, String);

#[tonic::async_trait]
impl RecommendationService for Recommendations {
    async fn list_recommendations(
        &self,
        request: Request<ListRecommendationsRequest>,
    ) -> Result<Response<ListRecommendationsResponse>, Status> {
        let (_, extensions, request) = request.into_parts();
        let user = Caller::of(&extensions)?.user().unwrap_or_default().to_owned();
        let page: Page<Position> = Listing::new("ListRecommendations", &[&user], SIZES.0).page(Asked {
            page_size: request.page_size.min(SIZES.1),
            page_token: &request.page_token,
            skip: 0,
        })?;
        let response = self.store.read(move |db| {
            let mut rows = recommended(db, &user, &page)?;
            let next_page_token = page.cut(&mut rows, Clone::clone);
            let product_ids = rows.into_iter().map(|(_, id)| id).collect();
            Ok::<_, Refusal>(ListRecommendationsResponse { product_ids, next_page_token })
        });
        Ok(Response::new(response.await?))
    }

    async fn batch_list_related(
        &self,
        request: Request<BatchListRelatedRequest>,
    ) -> Result<Response<BatchListRelatedResponse>, Status> {
        let (_, extensions, request) = request.into_parts();
        let mask = Mask::<RelatedProducts>::new(request.read_mask.as_ref())?;
        let batch = Batch::new(&extensions, "queries", request.queries)?;
        let answers = batch.read(&self.store, move |db, query| related(db, query, &mask)).await?;
        let results = answers.into_iter().map(RelatedResult::from).collect();
        Ok(Response::new(BatchListRelatedResponse { results }))
    }
}

/// Products in stock that a user has not reviewed, best first: those that go with what they reviewed, then what most
/// people like.
fn recommended(db: &Connection, user: &str, page: &Page<Position>) -> rusqlite::Result<Vec<Position>> {
    let (score, id) = page.after.clone().unwrap_or((i64::MAX, String::new()));
    let mut statement = db.prepare_cached(
        "WITH mine AS (SELECT product_id FROM reviews WHERE author_id = ?1),
         scored AS (
            SELECT products.id AS id,
                (SELECT coalesce(sum(rating), 0) FROM reviews WHERE product_id = products.id)
                + 1000 * (SELECT count(*) FROM related_products
                          WHERE related_id = products.id AND product_id IN mine) AS score
            FROM products
            WHERE products.id NOT IN mine
                AND (SELECT sum(quantity) FROM warehouse_stocks WHERE product_id = products.id) > 0
         )
         SELECT score, id FROM scored WHERE score < ?2 OR (score = ?2 AND id > ?3)
         ORDER BY score DESC, id LIMIT ?4",
    )?;
    let rows =
        statement.query_map(params![user, score, id, page.limit()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

/// What the shop's editors chose for a product, then the best rated of its category.
fn related(
    db: &Connection,
    query: &RelatedQuery,
    mask: &Mask<RelatedProducts>,
) -> Result<RelatedProducts, Refusal> {
    check_product(db, &query.product_id)?;
    let size = match query.page_size {
        ..0 => return Err(Refusal::invalid("PAGE_SIZE_INVALID", "page_size", "must not be negative")),
        0 => i64::try_from(SIZES.0).expect("a small number"),
        size => i64::from(size.min(SIZES.1)),
    };
    let mut statement = db.prepare_cached(
        "SELECT id FROM (
            SELECT related_id AS id, 0 AS rank, position AS place FROM related_products WHERE product_id = ?1
            UNION ALL
            SELECT others.id, 1, -(SELECT coalesce(avg(rating), 0) FROM reviews WHERE product_id = others.id)
            FROM products AS others JOIN products AS this ON this.id = ?1
            WHERE others.category_id = this.category_id AND others.id <> ?1
                AND others.id NOT IN (SELECT related_id FROM related_products WHERE product_id = ?1)
         ) ORDER BY rank, place, id LIMIT ?2",
    )?;
    let rows = statement.query_map(params![query.product_id, size], |row| row.get(0))?;
    let product_ids = rows.collect::<rusqlite::Result<_>>()?;
    Ok(mask.trim(RelatedProducts { product_ids }))
}

impl From<Answer<RelatedQuery, RelatedProducts>> for RelatedResult {
    fn from(Answer { key: query, outcome }: Answer<RelatedQuery, RelatedProducts>) -> Self {
        Self { query: Some(query), outcome: Some(outcome.map_or_else(Outcome::Error, Outcome::Item)) }
    }
}
