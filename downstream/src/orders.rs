//! Orders of the acting user.

use std::sync::Arc;

use fetch::{BatchResult, Call, Command, Fetch, PageTokens, Rpc, UpstreamError};
use proto::orders::order_result::Outcome;
use proto::orders::{
    BatchGetOrdersRequest, BatchGetOrdersResponse, ListOrdersRequest, ListOrdersResponse, Order,
    PlaceOrderRequest, PlaceOrderResponse,
};

use crate::key_error;

/// A page of the orders of the acting user, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MyOrders {
    /// Number of orders on the page, at most 50. A page of 0 serves only for the data beside
    /// the orders, and is sent as a page of one.
    pub page_size: i32,
    /// Token to continue the list from; empty for its beginning.
    pub page_token: String,
    /// Number of orders to skip, counted from the token.
    pub skip: i32,
}

/// A page of orders.
#[derive(Debug)]
pub struct OrderPage {
    /// The orders, newest first.
    pub orders: Vec<Arc<Order>>,
    /// Tokens to continue the list from.
    pub tokens: PageTokens,
    /// Number of orders on all pages together.
    pub total_size: i32,
}

impl Fetch for MyOrders {
    const RPC: Rpc = Rpc::read("shop.orders.v1.OrderService/ListOrders");
    const MAX_KEYS: usize = 1;
    const READS: &'static [&'static str] = &["id"];
    const ALIASES: &'static [(&'static str, &'static str)] = crate::PAGE_ALIASES;
    type Value = Arc<OrderPage>;

    async fn batch(keys: Vec<Self>, call: Call<'_>) -> BatchResult<Self> {
        let Some(key) = keys.first().cloned() else {
            return BatchResult::matched(keys, []);
        };
        let asked = key.clone();
        let Self { page_size, page_token, skip } = key;
        let page_size = page_size.max(1);
        let request = ListOrdersRequest { page_size, page_token, skip, read_mask: call.mask() };
        call.batch(keys, request, |response: ListOrdersResponse| {
            let page = OrderPage {
                orders: response.orders.into_iter().map(Arc::new).collect(),
                tokens: PageTokens { next: response.next_page_token, items: response.item_tokens },
                total_size: response.total_size,
            };
            [(asked, Ok(Arc::new(page)))]
        })
        .await
    }
}

/// An order of the acting user, by its id.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OrderById(pub Arc<str>);

impl Fetch for OrderById {
    const RPC: Rpc = Rpc::read("shop.orders.v1.OrderService/BatchGetOrders");
    const MAX_KEYS: usize = 100;
    const KEYS: &'static str = "order_ids";
    const READS: &'static [&'static str] = &["id"];
    type Value = Arc<Order>;

    async fn batch(keys: Vec<Self>, call: Call<'_>) -> BatchResult<Self> {
        let order_ids = keys.iter().map(|key| key.0.to_string()).collect();
        let request = BatchGetOrdersRequest { order_ids, read_mask: call.mask() };
        call.batch(keys, request, |response: BatchGetOrdersResponse| {
            response.results.into_iter().map(|result| {
                let answer = match result.outcome {
                    Some(Outcome::Item(order)) => Ok(Arc::new(order)),
                    Some(Outcome::Error(error)) => Err(key_error::fault(error)),
                    None => Err(key_error::no_outcome()),
                };
                (Self(result.order_id.into()), answer)
            })
        })
        .await
    }
}

/// Orders the contents of the acting user's cart.
#[derive(Clone, Debug)]
pub struct PlaceOrder {
    /// Idempotency key: repeating the command with the same key changes nothing more.
    pub idempotency_key: String,
    /// Id of the payment method to charge.
    pub payment_method: String,
    /// Id of the shipping option to send the order by.
    pub shipping_option: String,
    /// Country to send the order to, by ISO 3166-1.
    pub country: String,
}

impl Command for PlaceOrder {
    const RPC: Rpc = Rpc::idempotent_write("shop.orders.v1.OrderService/PlaceOrder");
    const ALIASES: &'static [(&'static str, &'static str)] = &[("country_code", "country")];
    type Value = Arc<Order>;

    async fn send(self, call: Call<'_>) -> Result<Self::Value, UpstreamError> {
        let request = PlaceOrderRequest {
            idempotency_key: self.idempotency_key,
            payment_method_id: self.payment_method,
            shipping_option_id: self.shipping_option,
            country_code: self.country,
        };
        let response: PlaceOrderResponse = call.unary(request).await?;
        response.order.map(Arc::new).ok_or_else(key_error::no_outcome)
    }
}
