//! The calls of the BFF.

use std::sync::Arc;

use fetch::{Call, Command, EntityIds, Fetch, Rpc, ToField};
use prost::Message;

use crate::proto;

fetch::ids! { pub(crate) ProductId; }

/// Declares fetches. The contracts do not say of any RPC that it has no side effects; these have none.
macro_rules! loads {
    ($($name:ident { $($part:ident: $type:ty),* } = $service:ident::$rpc:ident $(, $word:ident $(= $value:tt)?)*;)*) => {$(
        #[derive(Fetch)]
        #[fetch(proto::$service::$rpc, no_side_effects $(, $word $(= $value)?)*)]
        pub(crate) struct $name { $(pub(crate) $part: $type),* }
    )*};
}

loads! {
    AdsFor { context_keys: Arc<[String]> } = ad_service::GetAds, public;
    AllProducts {} = product_catalog_service::ListProducts, public;
    CartOf { user_id: Arc<str> } = cart_service::GetCart, key = user_id;
    Converted { from: Encoded, to_code: String } = currency_service::Convert, at_once = 4, public, by_status;
    Currencies {} = currency_service::GetSupportedCurrencies, public;
    ProductsMatching { query: String } = product_catalog_service::SearchProducts, public;
    QuoteFor { items: Encoded } = shipping_service::GetQuote;
    Recommended { user_id: Arc<str>, product_ids: Arc<[ProductId]> } = recommendation_service::ListRecommendations;
}

#[derive(Fetch)]
#[fetch(proto::product_catalog_service::GetProduct, one = id, key = id, at_once = 8, no_side_effects, public)]
pub(crate) struct ProductById(pub(crate) ProductId);

#[derive(Debug, Command)]
#[command(proto::cart_service::AddItem, by_status)]
pub(crate) struct AddToCart {
    pub(crate) user_id: Arc<str>,
    pub(crate) item: proto::CartItem,
}

#[derive(Debug, Command)]
#[command(proto::cart_service::EmptyCart, idempotent)]
pub(crate) struct EmptyCart {
    pub(crate) user_id: Arc<str>,
}

/// Orders the contents of the cart. Written by hand, because the service says `INTERNAL` of a declined card.
#[derive(Debug)]
pub(crate) struct PlaceOrder(pub(crate) proto::PlaceOrderRequest);

impl Command for PlaceOrder {
    const NAME: &'static str = "PlaceOrder";
    const RPC: Rpc = Rpc::of_write::<proto::checkout_service::PlaceOrder>(false);
    type Value = Arc<proto::OrderResult>;
    async fn send(self, call: Call<'_>) -> Result<Self::Value, fetch::UpstreamError> {
        let declined = || fetch::UpstreamError::of_key(9, String::new(), "CARD_DECLINED".to_owned(), &[]);
        let placed = call.value::<proto::checkout_service::PlaceOrder>(self.0).await;
        placed.map_err(|error| if error.message().contains("declined") { declined() } else { error })
    }
}

/// A message as a part of a key, by its bytes: keys have an order, and messages have none.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Encoded(Vec<u8>);

pub(crate) fn encoded(message: Option<&impl Message>) -> Encoded {
    Encoded(message.map(Message::encode_to_vec).unwrap_or_default())
}

impl ToField<Option<proto::Money>> for Encoded {
    fn to_field(&self) -> Option<proto::Money> {
        proto::Money::decode(&*self.0).ok()
    }
}

impl ToField<Vec<proto::CartItem>> for Encoded {
    fn to_field(&self) -> Vec<proto::CartItem> {
        proto::Cart::decode(&*self.0).unwrap_or_default().items
    }
}

impl EntityIds for Encoded {
    fn each_id(&self, _: &mut dyn FnMut(&str)) {}
}
