//! Foreign catalogues: files of one JSON object per line, imported into the shop.
//!
//! A file may be imported again. Names, descriptions, categories and prices are then overwritten; stock, reviews,
//! orders and products that the file does not name stay as they are.

mod fill;
mod ids;
mod line;
mod stored;

use std::{
    collections::{BTreeMap, HashMap},
    fmt, io,
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use rusqlite::Connection;

pub use self::ids::product_id;
use self::{
    line::Item,
    stored::{Known, known},
};
use crate::{
    seed::{self, Catalogue},
    store::{Place, Store, StoreError},
};

/// The byte order mark, which some programs write at the beginning of a file in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The result of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Number of products that were added or updated.
    pub imported: usize,
    /// Lines that were rejected, in their order.
    pub refused: Vec<RefusedLine>,
}

/// A line of a foreign catalogue that was rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedLine {
    /// Number of the line, from 1.
    pub number: usize,
    /// Reason, for the person who corrects the line.
    pub reason: String,
}

/// Error for an import that wrote nothing. Its source has the details.
#[derive(Debug)]
pub enum ImportError {
    /// The catalogue cannot be read.
    Catalogue(PathBuf, io::Error),
    /// The data cannot be opened or written, or are not those of a shop.
    Data(PathBuf, Box<dyn std::error::Error + Send + Sync>),
}

/// Imports the catalogue in one file into the data in another, which is created and seeded if it
/// does not exist. All valid lines are written in one transaction. This blocks.
///
/// A product is listed in the category that its line names, which is added if it is new. Products
/// that change their currency are removed from carts, because a cart has a single currency.
pub fn import(catalogue: &Path, data: &Path, seed_time: Timestamp) -> Result<Import, ImportError> {
    let text =
        std::fs::read(catalogue).map_err(|error| ImportError::Catalogue(catalogue.to_owned(), error))?;
    let mut import = Import { imported: 0, refused: Vec::new() };
    let opened = Store::open(Place::File(data), |db| {
        let seed_time = seed::fill(db, seed_time)?;
        import = write(db, &text, seed_time)?;
        Ok(())
    });
    let failed = |error: StoreError| ImportError::Data(data.to_owned(), error.into());
    opened.map(|_| import).map_err(failed)
}

fn write(db: &Connection, text: &[u8], seed_time: Timestamp) -> rusqlite::Result<Import> {
    let mut writer = Writer {
        db,
        seed_time,
        seed: Catalogue::embedded(),
        lines: HashMap::new(),
        categories: BTreeMap::new(),
        new: Vec::new(),
    };
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let mut rejected = Vec::new();
    for (number, line) in (1..).zip(text.split(|&byte| byte == b'\n')) {
        let line = line.trim_ascii();
        if line.is_empty() {
            continue;
        }
        let written = match Item::parse(line) {
            Ok(item) => writer.write(&item, number)?,
            Err(reason) => Err(reason),
        };
        if let Err(reason) = written {
            rejected.push(RefusedLine { number, reason });
        }
    }
    writer.write_related()?;
    Ok(Import { imported: writer.lines.len(), refused: rejected })
}

/// Writer of the products of one import.
struct Writer<'a> {
    db: &'a Connection,
    seed_time: Timestamp,
    seed: Catalogue,
    /// Number of the line each stock keeping unit was imported from.
    lines: HashMap<String, usize>,
    /// Identifiers of the products imported, by category.
    categories: BTreeMap<String, Vec<String>>,
    /// Products that are new to the shop.
    new: Vec<New>,
}

struct New {
    sku: String,
    category: String,
    /// Index among the products of its category.
    index: usize,
}

impl Writer<'_> {
    /// Writes a product, or returns the reason for its rejection.
    fn write(&mut self, item: &Item, line: usize) -> rusqlite::Result<Result<(), String>> {
        if let Some(line) = self.lines.get(&item.sku) {
            return Ok(Err(format!("sku: {:?} was imported from line {line} already", item.sku)));
        }
        let id = ids::product_id(&item.sku);
        let known = known(self.db, &id, &item.sku)?;
        if let Known::Other(other) = known {
            let owner = other.map_or("a product of the shop".to_owned(), |sku| format!("sku {sku:?}"));
            return Ok(Err(format!("sku: {:?} makes the id {id:?}, which is that of {owner}", item.sku)));
        }
        let Some(category) = stored::category(self.db, &item.category)? else {
            let most = stored::MAX_CATEGORIES;
            return Ok(Err(format!("category: {:?} would be one more than {most}", item.category)));
        };
        let product = fill::product(id.clone(), item);
        if matches!(known, Known::Same) {
            stored::leave_carts_of_other_currencies(self.db, &product, Timestamp::now())?;
        }
        seed::write_product(self.db, &category, &product, &item.description, self.seed_time)?;
        let products = self.categories.entry(category.clone()).or_default();
        if matches!(known, Known::New) {
            stored::remember(self.db, &id, &item.sku)?;
            seed::write_holdings(self.db, &product, &self.seed.reviews, self.seed_time)?;
            self.new.push(New { sku: item.sku.clone(), category, index: products.len() });
        }
        products.push(id);
        self.lines.insert(item.sku.clone(), line);
        Ok(Ok(()))
    }

    /// Writes the related products of the new ones, once all of them are written.
    fn write_related(&self) -> rusqlite::Result<()> {
        for New { sku, category, index } in &self.new {
            let products = &self.categories[category];
            seed::write_related(self.db, &products[*index], &fill::related(sku, *index, products))?;
        }
        Ok(())
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Catalogue(file, _) => write!(f, "cannot read {}", file.display()),
            Self::Data(file, _) => write!(f, "cannot open {}", file.display()),
        }
    }
}

impl std::error::Error for ImportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Catalogue(_, error) => Some(error),
            Self::Data(_, error) => Some(error.as_ref()),
        }
    }
}
