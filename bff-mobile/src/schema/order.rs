//! The order screen.

use bff_kit::{Id, object, values};
use downstream::OrderId;
use proto::orders::{self, OrderItem, OrderState};

use crate::format;

/// Upper bound on the orders of a page.
pub(super) const MAX: i32 = 20;

/// Upper bound on the lines of an order: the screen has no room for more.
const MAX_LINES: i32 = 5;

/// A page of the customer's orders.
#[object(page_of = orders::Order)]
pub(crate) struct OrderPage {
    /// The orders, newest first, 20 at most.
    #[read(items)]
    items: Vec<Order>,
    /// Number of orders on all pages together.
    #[read(total_size)]
    total: i32,
    /// Value of `after` for the next page. Null on the last page.
    #[read(end_cursor)]
    end_cursor: Option<String>,
}

/// An order of the signed-in customer.
#[object(orders::Order, id = OrderId)]
pub(crate) struct Order {
    /// Id of the order.
    #[read(id)]
    id: Id<Self>,
    /// State of the order. Null when unknown.
    #[read(state, known = OrderProgress::of)]
    state: Option<OrderProgress>,
    /// Total price including shipping, as localised text. Null when unknown.
    #[read(known = format::price(ctx, total))]
    total: Option<String>,
    /// Age of the order as localised text, such as "2 d ago". Null when unknown.
    #[read(known = format::when(ctx, create_time))]
    when: Option<String>,
    /// Names of the first five products, each with its quantity, such as "2 × Travel Mug".
    #[read(items, with = lines, most = MAX_LINES)]
    lines: Vec<String>,
}

fn lines(items: &[OrderItem]) -> Vec<String> {
    let first = items.iter().take(MAX_LINES.unsigned_abs() as usize);
    first.map(|item| format!("{} × {}", item.quantity, item.product_name)).collect()
}

/// State of an order.
#[values(OrderState)]
pub(crate) enum OrderProgress {
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
