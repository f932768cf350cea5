//! Shipping options of products and parcels.

use std::sync::Arc;

use fetch::{BatchResult, Call, Fetch, Rpc, Tags};
use proto::shipping::shipping_result::Outcome;
use proto::shipping::{
    BatchGetShippingOptionsRequest, BatchGetShippingOptionsResponse, QuoteParcelRequest, QuoteParcelResponse,
    ShippingOptions, ShippingQuery,
};

use crate::key_error;

/// Maximum number of shipping options in a response.
pub const MAX_OPTIONS: i32 = 6;

/// Shipping options of a product to a country.
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
    const KEYS: &'static str = "queries";
    const READS: &'static [&'static str] = &["options"];
    const ALIASES: &'static [(&'static str, &'static str)] = &[("country_code", "country")];
    type Value = Arc<ShippingOptions>;

    async fn batch(keys: Vec<Self>, call: Call<'_>) -> BatchResult<Self> {
        let queries = keys
            .iter()
            .map(|key| ShippingQuery {
                product_id: key.product.to_string(),
                country_code: key.country.to_string(),
            })
            .collect();
        let request = BatchGetShippingOptionsRequest { queries, read_mask: call.mask() };
        call.batch(keys, request, |response: BatchGetShippingOptionsResponse| {
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

/// Shipping options of several products to a country in one parcel.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ParcelOf {
    /// The products, each once.
    pub products: Arc<[Arc<str>]>,
    /// The country, by ISO 3166-1.
    pub country: Arc<str>,
}

impl Fetch for ParcelOf {
    const RPC: Rpc = Rpc::read("shop.shipping.v1.ShippingService/QuoteParcel").public();
    const MAX_KEYS: usize = 1;
    const READS: &'static [&'static str] = &["options"];
    const ALIASES: &'static [(&'static str, &'static str)] = &[("country_code", "country")];
    type Value = Arc<ShippingOptions>;

    async fn batch(keys: Vec<Self>, call: Call<'_>) -> BatchResult<Self> {
        let parcel = keys.first().cloned();
        let request = QuoteParcelRequest {
            product_ids: parcel.iter().flat_map(|it| it.products.iter()).map(ToString::to_string).collect(),
            country_code: parcel.iter().map(|it| it.country.to_string()).collect(),
            read_mask: call.mask(),
        };
        call.batch(keys, request, |response: QuoteParcelResponse| {
            parcel.map(|parcel| (parcel, response.quote.map(Arc::new).ok_or_else(key_error::no_outcome)))
        })
        .await
    }

    fn tag(&self, _answer: Option<&Arc<ShippingOptions>>, tags: &Tags) {
        self.products.iter().for_each(|product| tags.entity("product", product));
    }
}
