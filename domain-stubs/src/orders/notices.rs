//! Notifications to customers about the states of their orders.

use proto::{notifications::NotificationKind, orders::OrderState};
use rusqlite::Connection;

use super::order_id;
use crate::notifications::{self, Draft};

/// Title and text of the notification for a state; `None` for a state without one.
pub(crate) fn notice(state: OrderState) -> Option<(&'static str, &'static str)> {
    match state {
        OrderState::Shipped => {
            Some(("Your order is on its way", "It has left our warehouse and comes within three days."))
        }
        OrderState::Delivered => {
            Some(("Your order has arrived", "The parcel was handed over. We hope you like what is in it."))
        }
        OrderState::Cancelled => {
            Some(("Your order was cancelled", "Nothing will be sent, and your payment was released."))
        }
        OrderState::Placed | OrderState::Packed | OrderState::Unspecified => None,
    }
}

/// Notifies the owner of an order of its new state; returns true when that state has a notification.
pub(super) fn add(
    db: &Connection,
    user: &str,
    order: i64,
    state: OrderState,
    now: i64,
) -> rusqlite::Result<bool> {
    let Some((title, text)) = notice(state) else { return Ok(false) };
    let (kind, order_id) = (NotificationKind::Order, order_id(order));
    let draft = Draft { user, kind, title, text, create_time: now, order_id: &order_id, ..Draft::default() };
    notifications::add(db, &draft)?;
    Ok(true)
}
