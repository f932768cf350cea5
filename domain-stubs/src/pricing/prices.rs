//! List prices and promotions in the store, and the price of a customer computed from them.

use proto::pricing::{Price, Promotion};
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::{clock, mask::Mask, money::Money, refusal::Refusal};

/// The customer of a price, and the time at which it applies.
#[derive(Debug)]
pub(super) struct Customer {
    /// The user; empty for the prices for everybody.
    pub(super) user: String,
    /// Time of the price, in microseconds since 1970.
    pub(super) now: i64,
}

/// The price of a product for a customer, from its list price.
pub(super) fn price(
    db: &Connection,
    product: &str,
    list_price: Money,
    customer: &Customer,
    mask: &Mask<Price>,
) -> rusqlite::Result<Price> {
    let promotions = if mask.wants("promotions") || mask.wants("customer_price") {
        promotions(db, product, customer)?
    } else {
        Vec::new()
    };
    let customer_price = list_price.less_percents(promotions.iter().map(|promotion| promotion.percent_off));
    Ok(mask.trim(Price {
        product_id: product.to_owned(),
        list_price: Some(list_price.into()),
        customer_price: Some(customer_price.into()),
        promotions,
    }))
}

/// The price of one item of a product for a user, or for everybody with an empty one; `now` is in
/// microseconds since 1970.
pub(crate) fn customer_price(db: &Connection, product: &str, user: &str, now: i64) -> Result<Money, Refusal> {
    let customer = Customer { user: user.to_owned(), now };
    let list_price = list_price(db, product)?.ok_or_else(|| Refusal::unknown_product(product))?;
    let promotions = promotions(db, product, &customer)?;
    Ok(list_price.less_percents(promotions.iter().map(|promotion| promotion.percent_off)))
}

/// The price of a product without any promotion.
pub(crate) fn list_price(db: &Connection, product: &str) -> rusqlite::Result<Option<Money>> {
    db.prepare_cached("SELECT amount, currency FROM list_prices WHERE product_id = ?1")?
        .query_row([product], |row| Ok(Money::new(row.get(0)?, row.get(1)?)))
        .optional()
}

/// The promotions that run: first those for everybody, then those of the customer's groups.
fn promotions(db: &Connection, product: &str, customer: &Customer) -> rusqlite::Result<Vec<Promotion>> {
    let mut statement = db.prepare_cached(
        "SELECT id, label, percent_off, end_time FROM (
            SELECT 0 AS rank, position, promotion_id FROM product_promotions WHERE product_id = ?1
            UNION ALL
            SELECT 1, 0, promotion_id
            FROM customer_group_members JOIN group_promotions USING (group_id) WHERE user_id = ?2
         ) JOIN promotions ON promotions.id = promotion_id
         WHERE end_time IS NULL OR end_time > ?3
         ORDER BY rank, position, id",
    )?;
    let rows = statement.query_map(params![product, customer.user, customer.now], |row| {
        Ok(Promotion {
            id: row.get(0)?,
            label: row.get(1)?,
            percent_off: row.get(2)?,
            end_time: row.get::<_, Option<i64>>(3)?.map(clock::stored_to_proto),
        })
    })?;
    rows.collect()
}
