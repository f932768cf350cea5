//! The stock of the warehouses.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{
    DAY, MINUTE, before,
    catalogue::{Abundance, Catalogue, Product},
};
use crate::hash::Random;

const WAREHOUSES: [(&str, &str); 6] = [
    ("bologna", "Bologna"),
    ("gdansk", "Gdańsk"),
    ("hamburg", "Hamburg"),
    ("lyon", "Lyon"),
    ("porto", "Porto"),
    ("rotterdam", "Rotterdam"),
];

/// The stock of a product.
pub(crate) struct Stock {
    /// Time of the last change, in microseconds since 1970.
    pub(crate) update_time: i64,
    /// Identifier and name of each warehouse, with the quantity in it.
    pub(crate) warehouses: Vec<((&'static str, &'static str), i64)>,
}

pub(super) fn write(db: &Connection, catalogue: &Catalogue, seed_time: Timestamp) -> rusqlite::Result<()> {
    let mut insert = db.prepare("INSERT INTO warehouses (id, name) VALUES (?1, ?2)")?;
    for (id, name) in WAREHOUSES {
        insert.execute([id, name])?;
    }
    for (_, product) in catalogue.products() {
        write_stock(db, product, seed_time)?;
    }
    Ok(())
}

/// Puts a new product into some warehouses.
pub(super) fn write_stock(db: &Connection, product: &Product, seed_time: Timestamp) -> rusqlite::Result<()> {
    let Stock { update_time, warehouses } = stock(product, seed_time);
    db.prepare_cached("INSERT INTO stocks (product_id, update_time) VALUES (?1, ?2)")?
        .execute(params![product.id, update_time])?;
    let mut insert = db.prepare_cached(
        "INSERT INTO warehouse_stocks (product_id, warehouse_id, quantity) VALUES (?1, ?2, ?3)",
    )?;
    for ((warehouse, _), quantity) in warehouses {
        insert.execute(params![product.id, warehouse, quantity])?;
    }
    Ok(())
}

/// The stock of a product on the first day.
pub(crate) fn stock(product: &Product, seed_time: Timestamp) -> Stock {
    let mut random = Random::of(&["stock", &product.id]);
    let update_time = before(seed_time, MINUTE + random.below(3 * DAY));
    let mut warehouses = WAREHOUSES;
    random.shuffle(&mut warehouses);
    // Two to six of them.
    let count = 2 + random.index(WAREHOUSES.len() - 1);
    let quantities = quantities(product.stock, count, &mut random);
    Stock { update_time, warehouses: warehouses.into_iter().zip(quantities).collect() }
}

/// The quantities of a product in each of `warehouses` warehouses.
fn quantities(stock: Abundance, warehouses: usize, random: &mut Random) -> Vec<i64> {
    let mut quantities = vec![0; warehouses];
    match stock {
        Abundance::Plenty => quantities.fill_with(|| between(random, 40, 240)),
        Abundance::Some => quantities.fill_with(|| between(random, 4, 30)),
        Abundance::Few => {
            // One to three in all.
            for _ in 0..between(random, 1, 3) {
                quantities[random.index(warehouses)] += 1;
            }
        }
        Abundance::None => {}
    }
    quantities
}

fn between(random: &mut Random, from: i64, to: i64) -> i64 {
    from + i64::try_from(random.below((to - from + 1).unsigned_abs())).expect("below a small number")
}
