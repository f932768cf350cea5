//! Writing of an order: its items with their prices, and the authorisation of its payment.

use proto::orders::OrderState;
use rusqlite::{Connection, params};

use crate::{money::Money, payments, refusal::Refusal};

/// An order to write.
#[derive(Debug)]
pub(crate) struct NewOrder<'a> {
    pub(crate) user: &'a str,
    pub(crate) state: OrderState,
    /// Products, each once.
    pub(crate) items: Vec<NewItem<'a>>,
    /// Price of the shipping of all items together.
    pub(crate) shipping: Money,
    /// A payment method of the user.
    pub(crate) payment_method_id: &'a str,
    pub(crate) shipping_option_id: &'a str,
    pub(crate) country_code: &'a str,
    /// Time it was placed, in microseconds since 1970.
    pub(crate) create_time: i64,
    /// Time it came into its state, in microseconds since 1970.
    pub(crate) update_time: i64,
}

/// One product of an order to write.
#[derive(Debug)]
pub(crate) struct NewItem<'a> {
    pub(crate) product: &'a str,
    pub(crate) quantity: i32,
    /// Price of one item.
    pub(crate) unit: Money,
}

impl NewOrder<'_> {
    /// Writes the order and authorises its payment; returns its number. Fails if its amounts are in
    /// two currencies.
    pub(crate) fn write(&self, db: &Connection) -> Result<i64, Refusal> {
        let mut total = self.shipping;
        for item in &self.items {
            total = total.plus(item.unit.times(item.quantity))?;
        }
        db.prepare_cached(
            "INSERT INTO orders
                (user_id, state, total, payment_method_id, shipping_option_id, country_code, create_time,
                 update_time, currency)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            self.user,
            i32::from(self.state),
            total.cents(),
            self.payment_method_id,
            self.shipping_option_id,
            self.country_code,
            self.create_time,
            self.update_time,
            total.currency()
        ])?;
        let number = db.last_insert_rowid();
        let mut insert = db.prepare_cached(
            "INSERT INTO order_items (order_number, position, product_id, product_name, quantity, unit_price)
             SELECT ?1, ?2, id, name, ?3, ?4 FROM products WHERE id = ?5",
        )?;
        for (position, item) in (0_i64..).zip(&self.items) {
            insert.execute(params![number, position, item.quantity, item.unit.cents(), item.product])?;
        }
        payments::authorise(db, self.user, self.payment_method_id, number, total)?;
        Ok(number)
    }
}

/// Notes that an order took items of a product from a warehouse.
pub(crate) fn note_pick(
    db: &Connection,
    order: i64,
    product: &str,
    warehouse: &str,
    quantity: i64,
) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO order_picks (order_number, product_id, warehouse_id, quantity) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![order, product, warehouse, quantity])?;
    Ok(())
}
