//! What customers are told when their orders come further.

use proto::{notifications::NotificationKind, orders::OrderState};
use rusqlite::Connection;

use super::stored::order_id;
use crate::notifications::{self, Draft};

/// Title and text for an order that has left.
pub(crate) const SHIPPED: (&str, &str) =
    ("Your order is on its way", "It has left our warehouse and comes within three days.");

/// Title and text for an order that has arrived.
pub(crate) const DELIVERED: (&str, &str) =
    ("Your order has arrived", "The parcel was handed over. We hope you like what is in it.");

/// Title and text for an order that was called off.
const CANCELLED: (&str, &str) =
    ("Your order was cancelled", "Nothing will be sent, and your payment was released.");

/// Tells the owner of an order that it has come into a state; answers whether there is something to tell.
pub(super) fn add(
    db: &Connection,
    user: &str,
    order: i64,
    state: OrderState,
    now: i64,
) -> rusqlite::Result<bool> {
    let (title, text) = match state {
        OrderState::Shipped => SHIPPED,
        OrderState::Delivered => DELIVERED,
        OrderState::Cancelled => CANCELLED,
        OrderState::Placed | OrderState::Packed | OrderState::Unspecified => return Ok(false),
    };
    let order_id = order_id(order);
    let kind = NotificationKind::Order;
    let draft = Draft { user, kind, title, text, create_time: now, order_id: &order_id, ..Draft::default() };
    notifications::add(db, &draft)?;
    Ok(true)
}
