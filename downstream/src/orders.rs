//! Orders of the acting user.

use fetch::{Command, Fetch, Page};
use proto::orders::order_service;

use crate::{OrderId, PaymentMethodId};

/// A page of the orders of the acting user, newest first.
#[derive(Fetch)]
#[fetch(order_service::ListOrders, mine)]
pub struct MyOrders {
    /// The page, of 50 orders at most.
    pub page: Page,
}

/// An order of the acting user, by its id.
#[derive(Fetch)]
#[fetch(order_service::BatchGetOrders, keys = order_ids)]
pub struct OrderById(pub OrderId);

/// Orders the contents of the acting user's cart.
#[derive(Clone, Debug, Command)]
#[command(order_service::PlaceOrder)]
pub struct PlaceOrder {
    /// Idempotency key: repeating the command with the same key changes nothing more.
    pub idempotency_key: String,
    /// The payment method to charge.
    pub payment_method_id: PaymentMethodId,
    /// Id of the shipping option to send the order by.
    pub shipping_option_id: String,
    /// Country to send the order to, by ISO 3166-1.
    #[key(alias = "country")]
    pub country_code: String,
}
