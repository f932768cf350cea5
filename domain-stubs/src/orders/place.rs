//! Placing of an order, all or nothing.

use jiff::Timestamp;
use proto::carts::CartItem;
use proto::orders::{Order, OrderState, PlaceOrderRequest};
use rusqlite::Connection;
use tonic::Code;

use super::{
    stored,
    write::{NewItem, NewOrder, note_pick},
};
use crate::{carts, inventory, mask::Mask, payments, pricing, refusal::Refusal, shipping};

/// Orders the items in the cart of a user. After an error the caller must roll the transaction back.
pub(super) fn place(
    db: &Connection,
    user: &str,
    request: &PlaceOrderRequest,
    now: Timestamp,
) -> Result<Order, Refusal> {
    let time = now.as_microsecond();
    let cart = carts::read(db, user, time)?.items;
    if cart.is_empty() {
        return Err(declined("CART_EMPTY", "the cart is empty"));
    }
    let items: Vec<_> = cart.iter().map(|item| priced(db, item, user, time)).collect::<Result<_, _>>()?;
    let goods = items.iter().map(|item| (item.product, item.unit.currency()));
    let shipping = shipping::price(goods, &request.country_code, &request.shipping_option_id)?;
    payments::check(db, user, &request.payment_method_id, now)?;
    let order = NewOrder {
        user,
        state: OrderState::Placed,
        items,
        shipping,
        payment_method_id: &request.payment_method_id,
        shipping_option_id: &request.shipping_option_id,
        country_code: &request.country_code,
        create_time: time,
        update_time: time,
    };
    let number = order.write(db)?;
    for item in &cart {
        take(db, number, item, time)?;
    }
    carts::clear(db, user, time)?;
    let whole = Mask::new(None)?;
    stored::find(db, number, user, &whole)?.ok_or_else(|| Refusal::internal(&"an order is gone"))
}

fn declined(reason: &'static str, problem: impl Into<String>) -> Refusal {
    Refusal::new(Code::FailedPrecondition, reason, problem)
}

fn priced<'a>(db: &Connection, item: &'a CartItem, user: &str, now: i64) -> Result<NewItem<'a>, Refusal> {
    let unit = pricing::customer_price(db, &item.product_id, user, now)?;
    Ok(NewItem { product: &item.product_id, quantity: item.quantity, unit })
}

/// Takes an item from the warehouses, and notes the quantity from each.
fn take(db: &Connection, number: i64, item: &CartItem, now: i64) -> Result<(), Refusal> {
    let picks = inventory::take(db, &item.product_id, i64::from(item.quantity), now)?;
    let picks = picks.ok_or_else(|| {
        let problem = format!("fewer than {} of {:?} are in stock", item.quantity, item.product_id);
        declined("OUT_OF_STOCK", problem)
    })?;
    for (warehouse, quantity) in picks {
        note_pick(db, number, &item.product_id, &warehouse, quantity)?;
    }
    Ok(())
}
