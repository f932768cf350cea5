//! Full-text search over the catalogue.

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use crate::{page::Page, refusal::Refusal};

/// What to find, in the language of the search index.
#[derive(Debug)]
pub(super) struct Query(String);

/// Where a product stands in the results: how well it matches, and its identifier among those that match as well.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Position {
    /// The bits of the rank, which text would round.
    rank: u64,
    pub(super) id: String,
}

/// The columns of the index, weighted: name, brand, summary, description.
const RANK: &str = "bm25(product_search, 10.0, 4.0, 4.0, 1.0)";

impl Query {
    /// Every word of the text becomes the beginning of a word to find. Within quotes nothing has a meaning of its own
    /// to the index, so no input can break its language.
    pub(super) fn new(text: &str) -> Result<Self, Refusal> {
        // The index reads its query up to the first NUL.
        let words = text.split(|c: char| c.is_whitespace() || c == '\0').filter(|word| !word.is_empty());
        let words: Vec<_> = words.map(|word| format!("\"{}\"*", word.replace('"', "\"\""))).collect();
        if words.is_empty() {
            return Err(Refusal::invalid("QUERY_EMPTY", "query", "holds no word to find"));
        }
        Ok(Self(words.join(" ")))
    }
}

/// The number of products that match.
pub(super) fn count(db: &Connection, query: &Query) -> rusqlite::Result<i32> {
    db.prepare_cached("SELECT count(*) FROM product_search WHERE product_search MATCH ?1")?
        .query_row([&query.0], |row| row.get(0))
}

/// A page of the products that match, best first.
pub(super) fn list(db: &Connection, query: &Query, page: &Page<Position>) -> rusqlite::Result<Vec<Position>> {
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
    let rows = statement.query_map(params![query.0, rank, id, page.limit(), page.skip], |row| {
        Ok(Position { rank: row.get::<_, f64>(0)?.to_bits(), id: row.get(1)? })
    })?;
    rows.collect()
}
