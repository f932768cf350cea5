//! The calls of the BFF.

use std::sync::Arc;

use fetch::{Command, Encoded, Fetch};

use crate::proto::{self, CartItem, Money};

fetch::ids! { pub(crate) ProductId; }

#[derive(Fetch)]
#[fetch(proto::ad_service::GetAds, public)]
pub(crate) struct AdsFor {
    pub(crate) context_keys: Arc<[String]>,
}

#[derive(Fetch)]
#[fetch(proto::product_catalog_service::ListProducts, public)]
pub(crate) struct AllProducts;

#[derive(Fetch)]
#[fetch(proto::cart_service::GetCart, key = user_id)]
pub(crate) struct CartOf {
    pub(crate) user_id: Arc<str>,
}

#[derive(Fetch)]
#[fetch(proto::currency_service::Convert, at_once = 4, public, by_status)]
pub(crate) struct Converted {
    pub(crate) from: Encoded<Money>,
    pub(crate) to_code: String,
}

#[derive(Fetch)]
#[fetch(proto::currency_service::GetSupportedCurrencies, public)]
pub(crate) struct Currencies;

#[derive(Fetch)]
#[fetch(proto::product_catalog_service::GetProduct, one = id, key = id, at_once = 8, public)]
pub(crate) struct ProductById(pub(crate) ProductId);

#[derive(Fetch)]
#[fetch(proto::product_catalog_service::SearchProducts, public)]
pub(crate) struct ProductsMatching {
    pub(crate) query: String,
}

#[derive(Fetch)]
#[fetch(proto::shipping_service::GetQuote)]
pub(crate) struct QuoteFor {
    pub(crate) items: Arc<[Encoded<CartItem>]>,
}

#[derive(Fetch)]
#[fetch(proto::recommendation_service::ListRecommendations)]
pub(crate) struct Recommended {
    pub(crate) user_id: Arc<str>,
    pub(crate) product_ids: Arc<[ProductId]>,
}

#[derive(Command)]
#[command(proto::cart_service::AddItem, by_status)]
pub(crate) struct AddToCart {
    pub(crate) user_id: Arc<str>,
    pub(crate) item: CartItem,
}

#[derive(Command)]
#[command(proto::cart_service::EmptyCart, idempotent)]
pub(crate) struct EmptyCart {
    pub(crate) user_id: Arc<str>,
}

#[derive(Command)]
#[command(proto::checkout_service::PlaceOrder, declines = declined)]
pub(crate) struct PlaceOrder {
    pub(crate) user_id: Arc<str>,
    pub(crate) currency: String,
    pub(crate) address: proto::Address,
    pub(crate) email: String,
    pub(crate) card: proto::Card,
}

/// The service says `INTERNAL` of a declined card.
fn declined(code: i32, message: &str) -> Option<&'static str> {
    (code == 13 && message.contains("declined")).then_some("CARD_DECLINED")
}
