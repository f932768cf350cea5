//! How goods reach customers.

use std::sync::Arc;

use fetch::{Answers, Call, Fetch, Rpc, Tags};
use proto::shipping::shipping_result::Outcome;
use proto::shipping::{
    BatchGetShippingOptionsRequest, BatchGetShippingOptionsResponse, ShippingOptions, ShippingQuery,
};

use crate::key_error;

/// Ways to send a product that an answer may hold.
pub const MAX_OPTIONS: i32 = 6;

/// The ways to send a product to a country.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ShippingOf {
    /// The product.
    pub product: Arc<str>,
    /// The country, by ISO 3166-1.
    pub country: Arc<str>,
}

impl Fetch for ShippingOf {
    const RPC: Rpc = Rpc::read("shop.shipping.v1.ShippingService/BatchGetShippingOptions").public();
    const MAX_KEYS: usize = 100;
    const READS: &'static [&'static str] = &["options"];
    const ALIASES: &'static [(&'static str, &'static str)] = &[("country_code", "country")];
    type Value = Arc<ShippingOptions>;

    async fn batch(keys: Vec<Self>, call: Call<'_>) -> Answers<Self> {
        let queries = keys
            .iter()
            .map(|key| ShippingQuery {
                product_id: key.product.to_string(),
                country_code: key.country.to_string(),
            })
            .collect();
        let request = BatchGetShippingOptionsRequest { queries, read_mask: call.mask() };
        call.answer(keys, request, |response: BatchGetShippingOptionsResponse| {
            response.results.into_iter().map(|result| {
                let answer = match result.outcome {
                    Some(Outcome::Item(options)) => Ok(Arc::new(options)),
                    Some(Outcome::Error(error)) => Err(key_error::fault(error)),
                    None => Err(key_error::no_outcome()),
                };
                let query = result.query.unwrap_or_default();
                (Self { product: query.product_id.into(), country: query.country_code.into() }, answer)
            })
        })
        .await
    }

    fn tag(&self, _answer: Option<&Arc<ShippingOptions>>, tags: &Tags) {
        tags.entity("product", &self.product);
    }
}
