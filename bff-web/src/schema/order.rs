//! An order of a customer.

use async_graphql::SimpleObject;
use bff_kit::value::{CountryCode, DateTime};
use bff_kit::{Id, Ref, Shown, object, values};
use downstream::OrderId;
use downstream::carts::MAX_ITEMS;
use downstream::catalog::ProductById;
use proto::orders::{self, ListOrdersResponse};

use super::money::Money;
use super::product::Product;

/// Upper bound on the orders of one page.
pub(super) const MAX_ORDERS: i32 = 50;

/// Fields of a page of orders beside its items.
#[derive(SimpleObject, Shown)]
pub(crate) struct OrderConnectionFields {
    /// Number of orders on all pages together.
    total_count: i32,
}

impl From<&ListOrdersResponse> for OrderConnectionFields {
    fn from(page: &ListOrdersResponse) -> Self {
        Self { total_count: page.total_size }
    }
}

/// An order of the signed-in customer.
#[object(orders::Order, id = OrderId)]
pub(crate) struct Order {
    /// Id of the order.
    #[read(id)]
    pub(super) id: Id<Self>,
    /// State of the order. Null when unknown.
    #[read(state, known = OrderState::of)]
    state: Option<OrderState>,
    /// Total price including shipping. Null when unknown.
    #[read(total, known = Money::of)]
    total: Option<Money>,
    /// Products of the order, at the prices when it was placed.
    #[read(items, most = MAX_ITEMS)]
    items: Vec<OrderItem>,
    /// Shipping option of the order, such as "express".
    #[read(shipping_option_id)]
    shipping: String,
    /// Destination country.
    #[read(country_code)]
    country: CountryCode,
    /// Time when the order was placed. Null when unknown.
    #[read(create_time, known = DateTime::of)]
    placed_at: Option<DateTime>,
    /// Time of the last change of state. Null when unknown.
    #[read(update_time, known = DateTime::of)]
    updated_at: Option<DateTime>,
}

/// One product of an order.
#[object(orders::OrderItem, part_of = items)]
pub(crate) struct OrderItem {
    /// Name when the order was placed.
    #[read(product_name)]
    name: String,
    /// Quantity of the product.
    #[read(quantity)]
    quantity: i32,
    /// Price of one item when the order was placed. Null when unknown.
    #[read(unit_price, known = Money::of)]
    unit_price: Option<Money>,
    /// Price of all items of the product. Null when unknown.
    #[read(line_price, known = Money::of)]
    price: Option<Money>,
    /// The product as it is now. Null when it is no longer sold, or cannot be loaded.
    #[fetch(ProductById(self.product_id), or = null)]
    product: Ref<Product>,
}

/// State of an order.
#[values(orders::OrderState)]
pub(crate) enum OrderState {
    /// Placed, and its payment authorised.
    Placed,
    /// Packed in a warehouse.
    Packed,
    /// On its way.
    Shipped,
    /// Delivered to the customer.
    Delivered,
    /// Cancelled, and the payment released.
    Cancelled,
}
