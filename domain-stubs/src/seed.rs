//! The shop as it is on its first day: the catalogue in `seed/`, with the stock, reviews and orders made from it.
//!
//! Random values are drawn from a hash of identifiers, and every time is counted from the seed time, so the same seed
//! time always gives the same shop.

mod accounts;
mod catalogue;
mod devices;
mod notifications;
mod orders;
mod prices;
mod products;
mod reviews;
mod stocks;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension as _};

pub(crate) use self::{
    accounts::customers,
    catalogue::{Abundance, Catalogue, Category, Product, Reviews},
    products::complete,
    reviews::Review,
    stocks::{Stock, stock},
};

/// Fills an empty store, and leaves any other as it is. Returns the seed time of the store.
pub(crate) fn fill(db: &Connection, seed_time: Timestamp) -> rusqlite::Result<Timestamp> {
    let filled = db.prepare("SELECT seed_time FROM seeding")?.query_row([], |row| row.get(0)).optional()?;
    if let Some(filled) = filled {
        return Ok(Timestamp::from_microsecond(filled).unwrap_or(seed_time));
    }
    let catalogue = Catalogue::embedded();
    products::write(db, &catalogue, seed_time)?;
    accounts::write(db, &catalogue, seed_time)?;
    reviews::write(db, &catalogue, seed_time)?;
    prices::write(db, &catalogue, seed_time)?;
    stocks::write(db, &catalogue, seed_time)?;
    orders::write(db, &catalogue, seed_time)?;
    notifications::write(db, &catalogue, seed_time)?;
    devices::write(db, &catalogue)?;
    db.execute("INSERT INTO seeding (seed_time) VALUES (?1)", [seed_time.as_microsecond()])?;
    Ok(seed_time)
}

/// Writes a product that is not part of the seed, or overwrites its texts and its price.
pub(crate) fn write_product(
    db: &Connection,
    category: &str,
    product: &Product,
    description: &str,
    seed_time: Timestamp,
) -> rusqlite::Result<()> {
    products::write_product(db, category, product, description, seed_time)?;
    prices::write_list_price(db, product)
}

/// Writes the stock and the reviews of a new product.
pub(crate) fn write_holdings(
    db: &Connection,
    product: &Product,
    reviews: &Reviews,
    seed_time: Timestamp,
) -> rusqlite::Result<()> {
    stocks::write_stock(db, product, seed_time)?;
    reviews::write_of(db, product, reviews, |random| reviews::some_time(random, seed_time))
}

/// Writes the related products of a new one, best first.
pub(crate) fn write_related(db: &Connection, product: &str, related: &[String]) -> rusqlite::Result<()> {
    products::write_related(db, product, related)
}

/// The reviews of a product that is not in the store.
pub(crate) fn reviews_of<'a>(
    product: &Product,
    reviews: &'a Reviews,
    seed_time: Timestamp,
) -> Vec<Review<'a>> {
    reviews::reviews_of(product, reviews, |random| reviews::some_time(random, seed_time))
}

/// A time before the seed time, as it is stored.
fn before(seed_time: Timestamp, seconds: u64) -> i64 {
    stored(seed_time, -i64::try_from(seconds).expect("a shop is younger than the universe"))
}

/// A time after the seed time, as it is stored.
fn after(seed_time: Timestamp, seconds: u64) -> i64 {
    stored(seed_time, i64::try_from(seconds).expect("promotions end before the universe does"))
}

fn stored(seed_time: Timestamp, seconds: i64) -> i64 {
    seed_time.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(seed_time).as_microsecond()
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
