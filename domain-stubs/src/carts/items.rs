//! Carts in the store, and the limits of their items.

use proto::carts::{Cart, CartItem};
use rusqlite::{Connection, OptionalExtension as _, params};
use tonic::Code;

use crate::{
    catalog::check_product, clock, idempotency::Write, inventory, money::Money, pricing, refusal::Refusal,
};

/// Largest quantity of one product in a cart.
const MAX_QUANTITY: i32 = 20;

/// Largest number of different products in a cart.
const MAX_PRODUCTS: i64 = 50;

/// The owner of a cart, with the time of the call, in microseconds since 1970.
#[derive(Debug)]
pub(super) struct Owner {
    pub(super) user: String,
    pub(super) now: i64,
}

impl Owner {
    /// A write by the owner, under the idempotency key of the request.
    pub(super) fn write<'a, M>(&'a self, rpc: &'static str, key: &'a str, request: &'a M) -> Write<'a, M> {
        Write { rpc, subject: &self.user, key, request, time: self.now }
    }
}

/// A change of the quantity of a product.
#[derive(Debug, Clone, Copy)]
pub(super) enum Change {
    /// Adds this quantity.
    Add(i32),
    /// Sets the quantity of a product that is in the cart already.
    Set(i32),
}

/// Rejects a quantity that a cart cannot hold.
pub(super) fn check_quantity(quantity: i32) -> Result<(), Refusal> {
    if (1..=MAX_QUANTITY).contains(&quantity) {
        return Ok(());
    }
    let problem = format!("must be between 1 and {MAX_QUANTITY}");
    Err(Refusal::invalid("QUANTITY_INVALID", "quantity", problem))
}

/// The cart of a user, at the prices at the time `now`.
pub(crate) fn read(db: &Connection, user: &str, now: i64) -> Result<Cart, Refusal> {
    let mut statement = db.prepare_cached(
        "SELECT product_id, quantity FROM cart_items WHERE user_id = ?1 ORDER BY position, product_id",
    )?;
    let rows = statement.query_map([user], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut cart = Cart::default();
    let mut subtotal: Option<Money> = None;
    for row in rows {
        let (product_id, quantity): (String, i32) = row?;
        let unit = pricing::customer_price(db, &product_id, user, now)?;
        let line = unit.times(quantity);
        // An item in a second currency fails here, so that it is never written.
        subtotal = Some(subtotal.map_or(Ok(line), |subtotal| subtotal.plus(line))?);
        cart.item_count += quantity;
        let (unit_price, line_price) = (Some(unit.into()), Some(line.into()));
        cart.items.push(CartItem { product_id, quantity, unit_price, line_price });
    }
    cart.subtotal = Some(subtotal.unwrap_or(Money::from_cents(0)).into());
    cart.update_time = db
        .prepare_cached("SELECT update_time FROM carts WHERE user_id = ?1")?
        .query_row([user], |row| row.get(0))
        .optional()?
        .map(clock::stored_to_proto);
    Ok(cart)
}

/// Changes the quantity of a product in a cart, if enough items are in stock; returns the cart.
pub(super) fn change(db: &Connection, owner: &Owner, product: &str, change: Change) -> Result<Cart, Refusal> {
    check_product(db, product)?;
    let held: Option<i32> = db
        .prepare_cached("SELECT quantity FROM cart_items WHERE user_id = ?1 AND product_id = ?2")?
        .query_row([&owner.user, product], |row| row.get(0))
        .optional()?;
    let quantity = match (change, held) {
        (Change::Add(more), held) => held.unwrap_or(0) + more,
        (Change::Set(quantity), Some(_)) => quantity,
        (Change::Set(_), None) => {
            let problem = format!("{product:?} is not in the cart");
            return Err(Refusal::new(Code::NotFound, "ITEM_NOT_FOUND", problem));
        }
    };
    if quantity > MAX_QUANTITY {
        let problem = format!("a cart holds {MAX_QUANTITY} of a product at most");
        return Err(Refusal::new(Code::FailedPrecondition, "QUANTITY_LIMIT", problem));
    }
    if held.is_none() && different(db, &owner.user)? >= MAX_PRODUCTS {
        let problem = format!("a cart holds {MAX_PRODUCTS} different products at most");
        return Err(Refusal::new(Code::FailedPrecondition, "CART_FULL", problem));
    }
    if inventory::on_hand(db, product)? < i64::from(quantity) {
        let problem = format!("fewer than {quantity} of {product:?} are in stock");
        return Err(Refusal::new(Code::FailedPrecondition, "OUT_OF_STOCK", problem));
    }
    db.prepare_cached(
        "INSERT INTO cart_items (user_id, product_id, quantity, position)
         VALUES (?1, ?2, ?3, (SELECT coalesce(max(position), 0) + 1 FROM cart_items WHERE user_id = ?1))
         ON CONFLICT DO UPDATE SET quantity = excluded.quantity",
    )?
    .execute(params![owner.user, product, quantity])?;
    touch(db, owner)?;
    read(db, &owner.user, owner.now)
}

/// Moves the items of another cart into that of the owner, as far as it has room for them; returns the cart.
pub(super) fn adopt(db: &Connection, owner: &Owner, other: &str) -> Result<Cart, Refusal> {
    let theirs = read(db, other, owner.now)?.items;
    for item in &theirs {
        // What it has no room for stays out: a part of a quantity is nobody's wish. A refusal may come after the write.
        db.execute_batch("SAVEPOINT item")?;
        match change(db, owner, &item.product_id, Change::Add(item.quantity)) {
            Ok(_) => db.execute_batch("RELEASE item")?,
            Err(refusal) if refusal.code() == Code::FailedPrecondition => {
                db.execute_batch("ROLLBACK TO item; RELEASE item")?;
            }
            Err(refusal) => return Err(refusal),
        }
    }
    if !theirs.is_empty() {
        clear(db, other, owner.now)?;
    }
    read(db, &owner.user, owner.now)
}

/// Number of different products in a cart.
fn different(db: &Connection, user: &str) -> rusqlite::Result<i64> {
    db.prepare_cached("SELECT count(*) FROM cart_items WHERE user_id = ?1")?
        .query_row([user], |row| row.get(0))
}

/// Removes a product from a cart, if it is in it; returns the cart.
pub(super) fn remove(db: &Connection, owner: &Owner, product: &str) -> Result<Cart, Refusal> {
    let removed = db
        .prepare_cached("DELETE FROM cart_items WHERE user_id = ?1 AND product_id = ?2")?
        .execute([&owner.user, product])?;
    if removed > 0 {
        touch(db, owner)?;
    }
    read(db, &owner.user, owner.now)
}

/// Empties a cart.
pub(crate) fn clear(db: &Connection, user: &str, now: i64) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM cart_items WHERE user_id = ?1")?.execute([user])?;
    touch(db, &Owner { user: user.to_owned(), now })
}

fn touch(db: &Connection, owner: &Owner) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT OR REPLACE INTO carts (user_id, update_time) VALUES (?1, ?2)")?
        .execute(params![owner.user, owner.now])?;
    Ok(())
}
