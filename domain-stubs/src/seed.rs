//! The shop as it is on its first day: the catalogue in `seed/`, and all that follows from it.
//!
//! Whatever looks random is drawn from a hash of identifiers, and every time is counted from the seed time, so the
//! same seed time always gives the same shop.

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
use rusqlite::Connection;

use self::catalogue::Catalogue;

/// Fills an empty store; leaves any other as it is.
pub(crate) fn fill(db: &Connection, seed_time: Timestamp) -> rusqlite::Result<()> {
    if db.prepare("SELECT 1 FROM seeding")?.exists([])? {
        return Ok(());
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
    Ok(())
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
