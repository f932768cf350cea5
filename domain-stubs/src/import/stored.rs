//! The records of imports in the store: stock keeping units and categories.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::ids;
use crate::seed::Product;

/// The product behind an identifier, as seen by an import.
pub(super) enum Known {
    /// No product yet.
    New,
    /// The product with this stock keeping unit, imported before.
    Same,
    /// Another product, with its stock keeping unit if it was imported.
    Other(Option<String>),
}

/// Looks up the identifier made from a stock keeping unit.
pub(super) fn known(db: &Connection, id: &str, sku: &str) -> rusqlite::Result<Known> {
    let found: Option<Option<String>> = db
        .prepare_cached(
            "SELECT sku FROM products LEFT JOIN imported_products ON product_id = id WHERE id = ?1",
        )?
        .query_row([id], |row| row.get(0))
        .optional()?;
    Ok(match found {
        None => Known::New,
        Some(Some(known)) if known == sku => Known::Same,
        Some(other) => Known::Other(other),
    })
}

/// Records the product of a stock keeping unit.
pub(super) fn remember(db: &Connection, id: &str, sku: &str) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT INTO imported_products (product_id, sku) VALUES (?1, ?2)")?
        .execute([id, sku])?;
    Ok(())
}

/// Largest number of categories: clients read all of them at once.
pub(super) const MAX_CATEGORIES: i64 = 100;

/// The identifier of the category with this name, which is added when there is none; `None` when
/// there are [`MAX_CATEGORIES`] others.
pub(super) fn category(db: &Connection, name: &str) -> rusqlite::Result<Option<String>> {
    let found = db
        .prepare_cached("SELECT id FROM categories WHERE name = ?1 ORDER BY id")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    if found.is_some() {
        return Ok(found);
    }
    let count: i64 = db.query_row("SELECT count(*) FROM categories", [], |row| row.get(0))?;
    if count >= MAX_CATEGORIES {
        return Ok(None);
    }
    let [id, other] = ids::category_ids(name);
    let mut insert = db.prepare_cached("INSERT OR IGNORE INTO categories (id, name) VALUES (?1, ?2)")?;
    if insert.execute([&id, name])? == 1 {
        return Ok(Some(id));
    }
    insert.execute([&other, name])?;
    Ok(Some(other))
}

/// Removes a product from all carts if it was sold in another currency until now.
pub(super) fn leave_carts_of_other_currencies(
    db: &Connection,
    product: &Product,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let concerned = "product_id = ?1
        AND product_id IN (SELECT product_id FROM list_prices WHERE currency <> ?2)";
    let touch = format!(
        "UPDATE carts SET update_time = ?3
         WHERE user_id IN (SELECT user_id FROM cart_items WHERE {concerned})"
    );
    let currency = product.price.currency();
    db.prepare_cached(&touch)?.execute(params![product.id, currency, now.as_microsecond()])?;
    db.prepare_cached(&format!("DELETE FROM cart_items WHERE {concerned}"))?
        .execute(params![product.id, currency])?;
    Ok(())
}
