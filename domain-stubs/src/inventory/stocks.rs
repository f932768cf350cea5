//! Stock in the store.

use proto::inventory::{Stock, WarehouseStock};
use rusqlite::{Connection, OptionalExtension as _, params};
use tonic::Code;

use crate::{catalog::check_product, clock, mask::Mask, refusal::Refusal};

/// A quantity to set.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) product: String,
    pub(super) warehouse: String,
    pub(super) quantity: i64,
    /// Time of the change, in microseconds since 1970.
    pub(super) now: i64,
}

/// The stock of a product.
pub(crate) fn find(db: &Connection, product: &str, mask: &Mask<Stock>) -> Result<Stock, Refusal> {
    let update_time: Option<i64> = db
        .prepare_cached("SELECT update_time FROM stocks WHERE product_id = ?1")?
        .query_row([product], |row| row.get(0))
        .optional()?;
    let update_time = update_time.ok_or_else(|| Refusal::unknown_product(product))?;
    let counted = ["warehouses", "total_quantity", "available"].iter().any(|field| mask.wants(field));
    let warehouses = if counted { warehouses(db, product)? } else { Vec::new() };
    Ok(mask.trim(sum(product, warehouses, update_time)))
}

/// The stock of a product from its warehouses; `update_time` is in microseconds since 1970.
pub(crate) fn sum(product: &str, warehouses: Vec<WarehouseStock>, update_time: i64) -> Stock {
    let total_quantity = warehouses.iter().fold(0_i64, |sum, it| sum.saturating_add(it.quantity));
    Stock {
        product_id: product.to_owned(),
        available: total_quantity > 0,
        total_quantity,
        warehouses,
        update_time: Some(clock::stored_to_proto(update_time)),
    }
}

/// Sets a quantity; returns the product whose stock has changed.
pub(super) fn set_quantity(db: &Connection, change: Change) -> Result<String, Refusal> {
    let Change { product, warehouse, quantity, now } = change;
    check_product(db, &product)?;
    if !db.prepare_cached("SELECT 1 FROM warehouses WHERE id = ?1")?.exists([&warehouse])? {
        let problem = format!("there is no warehouse {warehouse:?}");
        return Err(Refusal::new(Code::NotFound, "WAREHOUSE_NOT_FOUND", problem));
    }
    if quantity < 0 {
        return Err(Refusal::invalid("QUANTITY_INVALID", "quantity", "must not be negative"));
    }
    db.prepare_cached(
        "INSERT INTO stocks (product_id, update_time) VALUES (?1, ?2)
         ON CONFLICT DO UPDATE SET update_time = excluded.update_time",
    )?
    .execute(params![product, now])?;
    db.prepare_cached(
        "INSERT INTO warehouse_stocks (product_id, warehouse_id, quantity) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET quantity = excluded.quantity",
    )?
    .execute(params![product, warehouse, quantity])?;
    Ok(product)
}

/// The quantity of a product in all warehouses together, at most [`i64::MAX`].
pub(crate) fn on_hand(db: &Connection, product: &str) -> rusqlite::Result<i64> {
    db.prepare_cached("SELECT CAST(total(quantity) AS INTEGER) FROM warehouse_stocks WHERE product_id = ?1")?
        .query_row([product], |row| row.get(0))
}

/// Takes items of a product from the warehouses, the fullest first; returns the warehouses with the quantity from each,
/// `None` when there are not enough.
pub(crate) fn take(
    db: &Connection,
    product: &str,
    quantity: i64,
    now: i64,
) -> rusqlite::Result<Option<Vec<(String, i64)>>> {
    let mut left = quantity;
    let mut picks = Vec::new();
    for warehouse in warehouses(db, product)? {
        let picked = left.min(warehouse.quantity);
        if picked > 0 {
            move_items(db, product, &warehouse.warehouse_id, -picked, now)?;
            picks.push((warehouse.warehouse_id, picked));
            left -= picked;
        }
    }
    Ok((left == 0).then_some(picks))
}

/// Puts items of a product back into a warehouse.
pub(crate) fn put_back(
    db: &Connection,
    product: &str,
    warehouse: &str,
    quantity: i64,
    now: i64,
) -> rusqlite::Result<()> {
    move_items(db, product, warehouse, quantity, now)
}

fn move_items(db: &Connection, product: &str, warehouse: &str, more: i64, now: i64) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE warehouse_stocks SET quantity = quantity + ?3 WHERE product_id = ?1 AND warehouse_id = ?2",
    )?
    .execute(params![product, warehouse, more])?;
    db.prepare_cached("UPDATE stocks SET update_time = ?2 WHERE product_id = ?1")?
        .execute(params![product, now])?;
    Ok(())
}

fn warehouses(db: &Connection, product: &str) -> rusqlite::Result<Vec<WarehouseStock>> {
    let mut statement = db.prepare_cached(
        "SELECT warehouses.id, warehouses.name, quantity
         FROM warehouse_stocks JOIN warehouses ON warehouses.id = warehouse_id
         WHERE product_id = ?1 ORDER BY quantity DESC, warehouses.id",
    )?;
    let rows = statement.query_map([product], |row| {
        Ok(WarehouseStock { warehouse_id: row.get(0)?, warehouse_name: row.get(1)?, quantity: row.get(2)? })
    })?;
    rows.collect()
}
