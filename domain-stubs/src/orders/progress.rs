//! How orders come further, or are called off.

use proto::orders::OrderState;
use rusqlite::{Connection, OptionalExtension as _, params};
use tonic::Code;

use super::stored;
use crate::{inventory, payments, refusal::Refusal};

/// Brings an order to its next state.
pub(super) fn advance(db: &Connection, id: &str, now: i64) -> Result<(), Refusal> {
    let (number, state) = state(db, id)?;
    let next = match state {
        OrderState::Placed => OrderState::Packed,
        OrderState::Packed => OrderState::Shipped,
        OrderState::Shipped => OrderState::Delivered,
        OrderState::Delivered | OrderState::Cancelled | OrderState::Unspecified => {
            return Err(ended(id));
        }
    };
    write(db, number, next, now)
}

/// Calls an order off, unless it is on its way; answers the products that went back.
pub(super) fn cancel(db: &Connection, id: &str, now: i64) -> Result<Vec<String>, Refusal> {
    let (number, state) = state(db, id)?;
    if !matches!(state, OrderState::Placed | OrderState::Packed) {
        return Err(ended(id));
    }
    let mut statement = db.prepare_cached(
        "SELECT product_id, warehouse_id, quantity FROM order_picks WHERE order_number = ?1",
    )?;
    let picks = statement
        .query_map([number], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<rusqlite::Result<Vec<(String, String, i64)>>>()?;
    for (product, warehouse, quantity) in &picks {
        inventory::put_back(db, product, warehouse, *quantity, now)?;
    }
    payments::release(db, number)?;
    write(db, number, OrderState::Cancelled, now)?;
    Ok(picks.into_iter().map(|(product, ..)| product).collect())
}

fn state(db: &Connection, id: &str) -> Result<(i64, OrderState), Refusal> {
    let number = stored::number(id).ok_or_else(|| stored::unknown(id))?;
    let state: Option<i32> = db
        .prepare_cached("SELECT state FROM orders WHERE number = ?1")?
        .query_row([number], |row| row.get(0))
        .optional()?;
    let state = state.ok_or_else(|| stored::unknown(id))?;
    Ok((number, OrderState::try_from(state).unwrap_or_default()))
}

fn write(db: &Connection, number: i64, state: OrderState, now: i64) -> Result<(), Refusal> {
    db.prepare_cached("UPDATE orders SET state = ?2, update_time = ?3 WHERE number = ?1")?
        .execute(params![number, i32::from(state), now])?;
    Ok(())
}

fn ended(id: &str) -> Refusal {
    let problem = format!("{id:?} has come too far for that");
    Refusal::new(Code::FailedPrecondition, "ORDER_TOO_FAR", problem)
}
