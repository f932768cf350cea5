//! Placing an order: all of it, or nothing.

use jiff::Timestamp;
use proto::carts::CartItem;
use proto::orders::{Order, OrderState, PlaceOrderRequest};
use rusqlite::{Connection, params};
use tonic::Code;

use super::stored;
use crate::{carts, inventory, mask::Mask, payments, pricing, pricing::Money, refusal::Refusal, shipping};

/// Orders what is in the cart of a user. Whoever calls it rolls the transaction back when it is refused.
pub(super) fn place(
    db: &Connection,
    user: &str,
    request: &PlaceOrderRequest,
    now: Timestamp,
) -> Result<Order, Refusal> {
    let time = now.as_microsecond();
    let cart = carts::read(db, user, time)?;
    let shipping = shipping_price(db, &cart.items, request)?;
    payments::check(db, user, &request.payment_method_id, now)?;
    let mut total = shipping;
    let mut lines = Vec::new();
    for item in &cart.items {
        let unit = pricing::customer_price(db, &item.product_id, user, time)?;
        total = total.plus(unit.times(item.quantity))?;
        lines.push((item, unit));
    }
    db.prepare_cached(
        "INSERT INTO orders
            (user_id, state, total, payment_method_id, shipping_option_id, country_code, create_time, update_time,
             currency)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8)",
    )?
    .execute(params![
        user,
        i32::from(OrderState::Placed),
        total.cents(),
        request.payment_method_id,
        request.shipping_option_id,
        request.country_code,
        time,
        total.currency()
    ])?;
    let number = db.last_insert_rowid();
    for (position, (item, unit)) in (0_i64..).zip(lines) {
        write_item(db, number, position, item, unit)?;
        take(db, number, item, time)?;
    }
    payments::authorise(db, user, &request.payment_method_id, number, total)?;
    carts::clear(db, user, time)?;
    let whole = Mask::new(None)?;
    stored::find(db, number, user, &whole)?.ok_or_else(|| Refusal::internal(&"an order is gone"))
}

fn refused(reason: &'static str, problem: impl Into<String>) -> Refusal {
    Refusal::new(Code::FailedPrecondition, reason, problem)
}

/// What sending all of it costs: as much as sending the dearest of it. A cart has one currency.
fn shipping_price(
    db: &Connection,
    items: &[CartItem],
    request: &PlaceOrderRequest,
) -> Result<Money, Refusal> {
    let mut dearest: Option<Money> = None;
    for item in items {
        let currency = pricing::currency(db, &item.product_id)?;
        let ways = shipping::ways(&item.product_id, currency, &request.country_code)?;
        let way = ways.iter().find(|way| way.id == request.shipping_option_id).ok_or_else(|| {
            let problem = format!("{:?} cannot be sent in this way", item.product_id);
            refused("SHIPPING_NOT_AVAILABLE", problem)
        })?;
        dearest = dearest.into_iter().chain([way.price]).max_by_key(|price| price.cents());
    }
    dearest.ok_or_else(|| refused("CART_EMPTY", "the cart is empty"))
}

fn write_item(
    db: &Connection,
    number: i64,
    position: i64,
    item: &CartItem,
    unit: Money,
) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO order_items (order_number, position, product_id, product_name, quantity, unit_price)
         SELECT ?1, ?2, id, name, ?3, ?4 FROM products WHERE id = ?5",
    )?
    .execute(params![number, position, item.quantity, unit.cents(), item.product_id])?;
    Ok(())
}

/// Takes a product from the warehouses and notes from which.
fn take(db: &Connection, number: i64, item: &CartItem, now: i64) -> Result<(), Refusal> {
    let picks = inventory::take(db, &item.product_id, i64::from(item.quantity), now)?;
    let picks = picks.ok_or_else(|| {
        let problem = format!("there are not {} of {:?}", item.quantity, item.product_id);
        refused("OUT_OF_STOCK", problem)
    })?;
    let mut insert = db.prepare_cached(
        "INSERT INTO order_picks (order_number, product_id, warehouse_id, quantity) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for (warehouse, quantity) in picks {
        insert.execute(params![number, item.product_id, warehouse, quantity])?;
    }
    Ok(())
}
