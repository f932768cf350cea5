//! Categories in the store.

use proto::catalog::Category;
use rusqlite::Connection;
use tonic::Code;

use crate::{mask::Mask, refusal::Refusal};

/// All categories by name.
pub(crate) fn list(db: &Connection, mask: &Mask<Category>) -> rusqlite::Result<Vec<Category>> {
    let mut statement = db.prepare_cached(
        "SELECT id, name,
            CASE WHEN ?1 THEN (SELECT count(*) FROM products WHERE category_id = categories.id) ELSE 0 END
         FROM categories ORDER BY name, id",
    )?;
    let rows = statement.query_map([mask.wants("product_count")], |row| {
        Ok(mask.trim(Category { id: row.get(0)?, name: row.get(1)?, product_count: row.get(2)? }))
    })?;
    rows.collect()
}

/// Fails with `NOT_FOUND` for an unknown category.
pub(super) fn check(db: &Connection, id: &str) -> Result<(), Refusal> {
    if db.prepare_cached("SELECT 1 FROM categories WHERE id = ?1")?.exists([id])? {
        return Ok(());
    }
    Err(unknown(id))
}

/// The error `NOT_FOUND` for an unknown category.
pub(crate) fn unknown(id: &str) -> Refusal {
    Refusal::new(Code::NotFound, "CATEGORY_NOT_FOUND", format!("there is no category {id:?}"))
}
