//! Full-text search over the catalogue.

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use crate::{page::Page, refusal::Refusal};

/// Words to find, each as the beginning of a word.
#[derive(Debug)]
pub(crate) struct Query {
    words: Vec<String>,
}

/// Where a product stands in the results: how well it matches, and its identifier among those that match as well.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Position {
    /// The bits of the rank, which text would round.
    rank: u64,
    pub(crate) id: String,
}

/// The columns of the index, weighted: name, brand, summary, description.
const RANK: &str = "bm25(product_search, 10.0, 4.0, 4.0, 1.0)";

impl Query {
    /// Reads the words of a text.
    pub(crate) fn new(text: &str) -> Result<Self, Refusal> {
        // The index reads its query up to the first NUL.
        let words = text.split(|c: char| c.is_whitespace() || c == '\0').filter(|word| !word.is_empty());
        let words: Vec<_> = words.map(str::to_owned).collect();
        if words.is_empty() {
            return Err(Refusal::invalid("QUERY_EMPTY", "query", "holds no word to find"));
        }
        Ok(Self { words })
    }

    /// The words that are `T`s, and a query for the others; `None` when there are no others.
    pub(crate) fn split<T>(&self, read: impl Fn(&str) -> Option<T>) -> (Vec<T>, Option<Self>) {
        let words: Vec<_> = self.words.iter().filter(|word| read(word).is_none()).cloned().collect();
        let others = (!words.is_empty()).then_some(Self { words });
        (self.words.iter().filter_map(|word| read(word)).collect(), others)
    }

    /// The query in the language of the search index. Within quotes nothing has a meaning of its own to it, so no
    /// input can break that language.
    fn text(&self) -> String {
        let words = self.words.iter().map(|word| format!("\"{}\"*", word.replace('"', "\"\"")));
        words.collect::<Vec<_>>().join(" ")
    }
}

impl Position {
    /// The place of a product among others that match as well.
    pub(crate) fn unranked(id: String) -> Self {
        Self { rank: 0, id }
    }
}

/// The number of products that match.
pub(super) fn count(db: &Connection, query: &Query) -> rusqlite::Result<i32> {
    db.prepare_cached("SELECT count(*) FROM product_search WHERE product_search MATCH ?1")?
        .query_row([query.text()], |row| row.get(0))
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
    let rows = statement.query_map(params![query.text(), rank, id, page.limit(), page.skip], |row| {
        Ok(Position { rank: row.get::<_, f64>(0)?.to_bits(), id: row.get(1)? })
    })?;
    rows.collect()
}

/// All products that match, best first.
pub(crate) fn all(db: &Connection, query: &Query) -> rusqlite::Result<Vec<String>> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT products.id FROM product_search JOIN products ON products.number = product_search.rowid
         WHERE product_search MATCH ?1 ORDER BY {RANK}, products.id"
    ))?;
    statement.query_map([query.text()], |row| row.get(0))?.collect()
}
