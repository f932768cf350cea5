//! The order in which products are recommended.

use rusqlite::{Connection, params};

use crate::{assortment::position::RecommendationPosition, page::Page};

/// A page of recommendations for a user, best first: products in stock that the user has not reviewed.
pub(crate) fn list(
    db: &Connection,
    user: &str,
    page: &Page<RecommendationPosition>,
) -> rusqlite::Result<Vec<RecommendationPosition>> {
    let first = || RecommendationPosition { tier: -1, rank: 0, id: String::new() };
    let RecommendationPosition { tier, rank, id } = page.after.clone().unwrap_or_else(first);
    let mut statement = db.prepare_cached(
        "WITH reviewed AS MATERIALIZED (SELECT product_id FROM reviews WHERE author_id = ?1),
         ranked AS (
            SELECT id,
                id NOT IN (
                    SELECT related_id FROM related_products WHERE product_id IN (SELECT product_id FROM reviewed)
                ) AS tier,
                -(SELECT coalesce(sum(rating), 0) FROM reviews WHERE product_id = products.id) AS rank
            FROM products
            WHERE id NOT IN (SELECT product_id FROM reviewed)
                AND EXISTS (SELECT 1 FROM warehouse_stocks WHERE product_id = products.id AND quantity > 0)
         )
         SELECT tier, rank, id FROM ranked WHERE (tier, rank, id) > (?2, ?3, ?4)
         ORDER BY tier, rank, id LIMIT ?5",
    )?;
    let rows = statement.query_map(params![user, tier, rank, id, page.limit()], |row| {
        Ok(RecommendationPosition { tier: row.get(0)?, rank: row.get(1)?, id: row.get(2)? })
    })?;
    rows.collect()
}

/// Products related to one: those it names, then those of its category by their mean rating.
pub(crate) fn related(db: &Connection, product: &str, limit: i64) -> rusqlite::Result<Vec<String>> {
    let mut statement = db.prepare_cached(
        "WITH named AS MATERIALIZED (
            SELECT related_id AS id, min(position) AS place FROM related_products
            WHERE product_id = ?1 GROUP BY related_id
         ),
         ranked AS (
            SELECT id, 0 AS tier, place FROM named
            UNION ALL
            SELECT id, 1, -coalesce((SELECT avg(rating) FROM reviews WHERE product_id = products.id), 0)
            FROM products
            WHERE category_id = (SELECT category_id FROM products WHERE id = ?1)
                AND id NOT IN (SELECT id FROM named)
         )
         SELECT id FROM ranked WHERE id <> ?1 ORDER BY tier, place, id LIMIT ?2",
    )?;
    statement.query_map(params![product, limit], |row| row.get(0))?.collect()
}
