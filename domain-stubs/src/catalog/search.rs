//! Full-text search over the catalogue.

use rusqlite::{Connection, params};

use crate::{
    assortment::{position::SearchPosition, query::Query},
    page::Page,
};

/// The columns of the index, weighted: name, brand, summary, description.
const RANK: &str = "bm25(product_search, 10.0, 4.0, 4.0, 1.0)";

/// The number of products that match.
pub(super) fn count(db: &Connection, query: &Query) -> rusqlite::Result<i32> {
    db.prepare_cached("SELECT count(*) FROM product_search WHERE product_search MATCH ?1")?
        .query_row([match_expression(query)], |row| row.get(0))
}

/// A page of the products that match, best first.
pub(super) fn list(
    db: &Connection,
    query: &Query,
    page: &Page<SearchPosition>,
) -> rusqlite::Result<Vec<SearchPosition>> {
    // The lower a rank, the better the match.
    let (rank, id) = match &page.after {
        Some(position) => (f64::from_bits(position.rank), position.id.as_str()),
        None => (f64::NEG_INFINITY, ""),
    };
    let mut statement = db.prepare_cached(&format!(
        "WITH matches AS MATERIALIZED (
            SELECT {RANK} AS rank, products.id
            FROM product_search JOIN products ON products.number = product_search.rowid
            WHERE product_search MATCH ?1
         )
         SELECT rank, id FROM matches WHERE (rank, id) > (?2, ?3) ORDER BY rank, id LIMIT ?4 OFFSET ?5"
    ))?;
    let rows = statement
        .query_map(params![match_expression(query), rank, id, page.limit(), page.skip], |row| {
            Ok(SearchPosition { rank: row.get::<_, f64>(0)?.to_bits(), id: row.get(1)? })
        })?;
    rows.collect()
}

/// All products that match, best first.
pub(crate) fn all(db: &Connection, query: &Query) -> rusqlite::Result<Vec<String>> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT products.id FROM product_search JOIN products ON products.number = product_search.rowid
         WHERE product_search MATCH ?1 ORDER BY {RANK}, products.id"
    ))?;
    statement.query_map([match_expression(query)], |row| row.get(0))?.collect()
}

/// The query in the language of the search index (FTS5). Every word is quoted, so that no input can break it.
fn match_expression(query: &Query) -> String {
    let words = query.words().iter().map(|word| format!("\"{}\"*", word.replace('"', "\"\"")));
    words.collect::<Vec<_>>().join(" ")
}
