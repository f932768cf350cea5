//! Products that a customer may also like.

use std::sync::Arc;

use fetch::{BatchResult, Call, Fetch, Rpc, Tags};
use proto::recommendations::related_result::Outcome;
use proto::recommendations::{
    BatchListRelatedRequest, BatchListRelatedResponse, ListRecommendationsRequest,
    ListRecommendationsResponse, RelatedProducts, RelatedQuery,
};

use crate::key_error;

/// Recommended products for the acting user, best first; the most popular products if there is no acting user.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Recommended {
    /// Number of products to load, at most 50.
    pub page_size: i32,
}

impl Fetch for Recommended {
    const RPC: Rpc = Rpc::read("shop.recommendations.v1.RecommendationService/ListRecommendations");
    const MAX_KEYS: usize = 1;
    const READS: &'static [&'static str] = &["product_ids"];
    const ALIASES: &'static [(&'static str, &'static str)] = crate::PAGE_ALIASES;
    type Value = Arc<[Arc<str>]>;

    async fn batch(keys: Vec<Self>, call: Call<'_>) -> BatchResult<Self> {
        let asked = keys.clone();
        let page_size = keys.first().map_or(0, |key| key.page_size);
        let request = ListRecommendationsRequest { page_size, page_token: String::new() };
        call.batch(keys, request, |response: ListRecommendationsResponse| {
            let ids: Arc<[Arc<str>]> = response.product_ids.into_iter().map(Arc::from).collect();
            asked.into_iter().map(move |key| (key, Ok(ids.clone())))
        })
        .await
    }
}

/// Products related to another one, best first.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RelatedTo {
    /// The product.
    pub product: Arc<str>,
    /// Number of products to load, at most 50.
    pub page_size: i32,
}

impl Fetch for RelatedTo {
    const RPC: Rpc = Rpc::read("shop.recommendations.v1.RecommendationService/BatchListRelated").public();
    const MAX_KEYS: usize = 100;
    const KEYS: &'static str = "queries";
    const READS: &'static [&'static str] = &["product_ids"];
    const ALIASES: &'static [(&'static str, &'static str)] = crate::PAGE_ALIASES;
    type Value = Arc<RelatedProducts>;

    async fn batch(keys: Vec<Self>, call: Call<'_>) -> BatchResult<Self> {
        let queries = keys
            .iter()
            .map(|key| RelatedQuery { product_id: key.product.to_string(), page_size: key.page_size })
            .collect();
        let request = BatchListRelatedRequest { queries, read_mask: call.mask() };
        call.batch(keys, request, |response: BatchListRelatedResponse| {
            response.results.into_iter().map(|result| {
                let answer = match result.outcome {
                    Some(Outcome::Item(related)) => Ok(Arc::new(related)),
                    Some(Outcome::Error(error)) => Err(key_error::fault(error)),
                    None => Err(key_error::no_outcome()),
                };
                let query = result.query.unwrap_or_default();
                (Self { product: query.product_id.into(), page_size: query.page_size }, answer)
            })
        })
        .await
    }

    fn tag(&self, _answer: Option<&Arc<RelatedProducts>>, tags: &Tags) {
        tags.entity("product", &self.product);
    }
}
