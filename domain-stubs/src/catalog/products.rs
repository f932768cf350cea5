//! Products in the store. Fields that a mask leaves out are not read.

use proto::catalog::{Image, Product, Specification, WholesaleTerms};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::{
    assortment::position::ListPosition, clock, mask::Mask, money::Money, page::Page, refusal::Refusal,
};

/// The product with this identifier.
pub(crate) fn find(db: &Connection, id: &str, mask: &Mask<Product>) -> rusqlite::Result<Option<Product>> {
    let wanted = params![id, mask.wants("description"), mask.wants("wholesale")];
    // A column that is not wanted is not read: the branch of a CASE that is not taken is never computed.
    let product = db
        .prepare_cached(
            "SELECT id, name, brand, category_id, summary, thumbnail_url, create_time,
                CASE WHEN ?2 THEN description ELSE '' END,
                CASE WHEN ?3 THEN wholesale_cost END,
                CASE WHEN ?3 THEN margin_percent END,
                CASE WHEN ?3 THEN supplier END,
                CASE WHEN ?3 THEN wholesale_currency END
             FROM products WHERE id = ?1",
        )?
        .query_row(wanted, from_row)
        .optional()?;
    let Some(mut product) = product else { return Ok(None) };
    if mask.wants("specifications") {
        product.specifications = specifications(db, id)?;
    }
    if mask.wants("images") {
        product.images = images(db, id)?;
    }
    if mask.wants("related_product_ids") {
        product.related_product_ids = related(db, id)?;
    }
    Ok(Some(mask.trim(product)))
}

/// Fails with `NOT_FOUND` for an unknown product.
pub(crate) fn check(db: &Connection, id: &str) -> Result<(), Refusal> {
    let is_there = db.prepare_cached("SELECT 1 FROM products WHERE id = ?1")?.exists([id])?;
    if is_there { Ok(()) } else { Err(Refusal::unknown_product(id)) }
}

/// The number of products, in one category or in all.
pub(super) fn count(db: &Connection, category: Option<&str>) -> rusqlite::Result<i32> {
    match category {
        Some(id) => db
            .prepare_cached("SELECT count(*) FROM products WHERE category_id = ?1")?
            .query_row([id], |row| row.get(0)),
        None => db.prepare_cached("SELECT count(*) FROM products")?.query_row([], |row| row.get(0)),
    }
}

/// A page of products by name, in one category or in all.
pub(super) fn list(
    db: &Connection,
    category: Option<&str>,
    page: &Page<ListPosition>,
) -> rusqlite::Result<Vec<ListPosition>> {
    // Every identifier sorts after the empty one, so the first page begins after it.
    let (name, id) = page.after.clone().unwrap_or_default();
    let position = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
    match category {
        Some(category) => db
            .prepare_cached(
                "SELECT name, id FROM products WHERE category_id = ?5 AND (name, id) > (?1, ?2)
                 ORDER BY name, id LIMIT ?3 OFFSET ?4",
            )?
            .query_map(params![name, id, page.limit(), page.skip, category], position)?
            .collect(),
        None => db
            .prepare_cached(
                "SELECT name, id FROM products WHERE (name, id) > (?1, ?2)
                 ORDER BY name, id LIMIT ?3 OFFSET ?4",
            )?
            .query_map(params![name, id, page.limit(), page.skip], position)?
            .collect(),
    }
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Product> {
    let wholesale = match row.get::<_, Option<i64>>(8)? {
        None => None,
        Some(cost) => Some(WholesaleTerms {
            cost: Some(Money::new(cost, row.get(11)?).into()),
            margin_percent: row.get(9)?,
            supplier: row.get(10)?,
        }),
    };
    Ok(Product {
        id: row.get(0)?,
        name: row.get(1)?,
        brand: row.get(2)?,
        category_id: row.get(3)?,
        summary: row.get(4)?,
        thumbnail_url: row.get(5)?,
        create_time: Some(clock::stored_to_proto(row.get(6)?)),
        description: row.get(7)?,
        wholesale,
        specifications: Vec::new(),
        images: Vec::new(),
        related_product_ids: Vec::new(),
    })
}

fn specifications(db: &Connection, product: &str) -> rusqlite::Result<Vec<Specification>> {
    let mut statement = db.prepare_cached(
        "SELECT heading, name, value FROM specifications WHERE product_id = ?1 ORDER BY position",
    )?;
    let rows = statement.query_map([product], |row| {
        Ok(Specification { group: row.get(0)?, name: row.get(1)?, value: row.get(2)? })
    })?;
    rows.collect()
}

fn images(db: &Connection, product: &str) -> rusqlite::Result<Vec<Image>> {
    let mut statement = db.prepare_cached(
        "SELECT url, alt_text, width, height FROM images WHERE product_id = ?1 ORDER BY position",
    )?;
    let rows = statement.query_map([product], |row| {
        Ok(Image { url: row.get(0)?, alt_text: row.get(1)?, width: row.get(2)?, height: row.get(3)? })
    })?;
    rows.collect()
}

fn related(db: &Connection, product: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement =
        db.prepare_cached("SELECT related_id FROM related_products WHERE product_id = ?1 ORDER BY position")?;
    let rows = statement.query_map([product], |row| row.get(0))?;
    rows.collect()
}
