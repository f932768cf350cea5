//! Shipping options of products and parcels.

use std::sync::Arc;

use fetch::Fetch;
use proto::shipping::shipping_service;

use crate::ProductId;

/// Maximum number of shipping options in a response.
pub const MAX_OPTIONS: i32 = 6;

/// Shipping options of a product to a country.
#[derive(Fetch)]
#[fetch(shipping_service::BatchGetShippingOptions, keys = queries)]
pub struct ShippingOf {
    /// The product.
    pub product_id: ProductId,
    /// The country, by ISO 3166-1.
    #[key(alias = "country")]
    pub country_code: Arc<str>,
}

/// Shipping options of several products to a country in one parcel.
#[derive(Fetch)]
#[fetch(shipping_service::QuoteParcel)]
pub struct ParcelOf {
    /// The products, each once.
    pub product_ids: Arc<[ProductId]>,
    /// The country, by ISO 3166-1.
    #[key(alias = "country")]
    pub country_code: Arc<str>,
}
