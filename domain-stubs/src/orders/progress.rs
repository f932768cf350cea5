//! State changes of orders: to the next state, or cancelled.

use proto::orders::OrderState;
use rusqlite::{Connection, OptionalExtension as _, params};
use tonic::Code;

use super::{notices, stored};
use crate::{inventory, payments, refusal::Refusal};

/// Changes besides the order itself.
#[derive(Debug, Default)]
pub(super) struct Changed {
    /// The owner of the order, if there is a new notification for them.
    pub(super) told: Option<String>,
    /// Products that were put back into the warehouses.
    pub(super) products: Vec<String>,
}

/// An order with its present state.
struct Standing {
    number: i64,
    user: String,
    state: OrderState,
}

/// Brings an order to its next state.
pub(super) fn advance(db: &Connection, id: &str, now: i64) -> Result<Changed, Refusal> {
    let standing = Standing::of(db, id)?;
    let next = match standing.state {
        OrderState::Placed => OrderState::Packed,
        OrderState::Packed => OrderState::Shipped,
        OrderState::Shipped => OrderState::Delivered,
        OrderState::Delivered | OrderState::Cancelled | OrderState::Unspecified => {
            return Err(ended(id));
        }
    };
    let told = standing.come_to(db, next, now)?;
    Ok(Changed { told, ..Changed::default() })
}

/// Cancels an order, unless it was shipped: its items are put back, its payment is released.
pub(super) fn cancel(db: &Connection, id: &str, now: i64) -> Result<Changed, Refusal> {
    let standing = Standing::of(db, id)?;
    if !matches!(standing.state, OrderState::Placed | OrderState::Packed) {
        return Err(ended(id));
    }
    let mut statement = db.prepare_cached(
        "SELECT product_id, warehouse_id, quantity FROM order_picks WHERE order_number = ?1",
    )?;
    let picks = statement
        .query_map([standing.number], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<rusqlite::Result<Vec<(String, String, i64)>>>()?;
    for (product, warehouse, quantity) in &picks {
        inventory::put_back(db, product, warehouse, *quantity, now)?;
    }
    payments::release(db, standing.number)?;
    let told = standing.come_to(db, OrderState::Cancelled, now)?;
    Ok(Changed { told, products: picks.into_iter().map(|(product, ..)| product).collect() })
}

impl Standing {
    fn of(db: &Connection, id: &str) -> Result<Self, Refusal> {
        let number = stored::number(id).ok_or_else(|| stored::unknown(id))?;
        let standing = db
            .prepare_cached("SELECT user_id, state FROM orders WHERE number = ?1")?
            .query_row([number], |row| {
                let state = OrderState::try_from(row.get::<_, i32>(1)?).unwrap_or_default();
                Ok(Self { number, user: row.get(0)?, state })
            })
            .optional()?;
        standing.ok_or_else(|| stored::unknown(id))
    }

    /// Writes a new state; returns the owner when that state has a notification.
    fn come_to(self, db: &Connection, state: OrderState, now: i64) -> Result<Option<String>, Refusal> {
        db.prepare_cached("UPDATE orders SET state = ?2, update_time = ?3 WHERE number = ?1")?
            .execute(params![self.number, i32::from(state), now])?;
        let told = notices::add(db, &self.user, self.number, state, now)?;
        Ok(told.then_some(self.user))
    }
}

fn ended(id: &str) -> Refusal {
    let problem = format!("the state of {id:?} does not allow this change");
    Refusal::new(Code::FailedPrecondition, "ORDER_TOO_FAR", problem)
}
