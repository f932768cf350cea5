//! Orders in the store.

use proto::orders::{Order, OrderItem};
use rusqlite::{Connection, OptionalExtension as _, params};
use tonic::Code;

use crate::{clock, mask::Mask, money::Money, page::Page, refusal::Refusal};

/// The position of an order in the list of its user: the time it was placed, in microseconds since 1970, then its
/// number.
pub(super) type Position = (i64, i64);

/// The identifier of an order.
pub(crate) fn order_id(number: i64) -> String {
    format!("order-{number:06}")
}

/// The number in an identifier; `None` when it is not the identifier of an order.
pub(super) fn number(id: &str) -> Option<i64> {
    let number = id.strip_prefix("order-")?.parse().ok()?;
    (order_id(number) == id).then_some(number)
}

/// The error `NOT_FOUND` for an order that the user does not have.
pub(super) fn unknown(id: &str) -> Refusal {
    Refusal::new(Code::NotFound, "ORDER_NOT_FOUND", format!("there is no order {id:?}"))
}

/// An order of a user by its identifier.
pub(super) fn get(db: &Connection, id: &str, user: &str, mask: &Mask<Order>) -> Result<Order, Refusal> {
    let found = number(id).map(|number| find(db, number, user, mask)).transpose()?;
    found.flatten().ok_or_else(|| unknown(id))
}

/// An order of a user by its number.
pub(super) fn find(
    db: &Connection,
    number: i64,
    user: &str,
    mask: &Mask<Order>,
) -> rusqlite::Result<Option<Order>> {
    let order = db
        .prepare_cached(
            "SELECT state, total, payment_method_id, shipping_option_id, country_code, create_time, update_time,
                currency
             FROM orders WHERE number = ?1 AND user_id = ?2",
        )?
        .query_row(params![number, user], |row| {
            Ok(Order {
                id: order_id(number),
                state: row.get(0)?,
                items: Vec::new(),
                total: Some(Money::new(row.get(1)?, row.get(7)?).into()),
                payment_method_id: row.get(2)?,
                shipping_option_id: row.get(3)?,
                country_code: row.get(4)?,
                create_time: Some(clock::stored_to_proto(row.get(5)?)),
                update_time: Some(clock::stored_to_proto(row.get(6)?)),
            })
        })
        .optional()?;
    let Some(mut order) = order else { return Ok(None) };
    if mask.wants("items") {
        order.items = items(db, number)?;
    }
    Ok(Some(mask.trim(order)))
}

fn items(db: &Connection, number: i64) -> rusqlite::Result<Vec<OrderItem>> {
    let mut statement = db.prepare_cached(
        "SELECT product_id, product_name, quantity, unit_price, currency
         FROM order_items JOIN orders ON orders.number = order_number
         WHERE order_number = ?1 ORDER BY position",
    )?;
    let rows = statement.query_map([number], |row| {
        let (quantity, unit) = (row.get(2)?, Money::new(row.get(3)?, row.get(4)?));
        Ok(OrderItem {
            product_id: row.get(0)?,
            product_name: row.get(1)?,
            quantity,
            unit_price: Some(unit.into()),
            line_price: Some(unit.times(quantity).into()),
        })
    })?;
    rows.collect()
}

/// A page of the orders of a user, newest first.
pub(super) fn list(db: &Connection, user: &str, page: &Page<Position>) -> rusqlite::Result<Vec<Position>> {
    let (time, number) = page.after.unwrap_or((i64::MAX, i64::MAX));
    let mut statement = db.prepare_cached(
        "SELECT create_time, number FROM orders WHERE user_id = ?1 AND (create_time, number) < (?2, ?3)
         ORDER BY create_time DESC, number DESC LIMIT ?4 OFFSET ?5",
    )?;
    let rows = statement.query_map(params![user, time, number, page.limit(), page.skip], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    rows.collect()
}

/// The number of orders of a user.
pub(super) fn count(db: &Connection, user: &str) -> rusqlite::Result<i32> {
    db.prepare_cached("SELECT count(*) FROM orders WHERE user_id = ?1")?.query_row([user], |row| row.get(0))
}
