//! What stands in the warehouses.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{
    DAY, MINUTE, before,
    catalogue::{Abundance, Catalogue},
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

pub(super) fn write(db: &Connection, catalogue: &Catalogue, seed_time: Timestamp) -> rusqlite::Result<()> {
    let mut insert = db.prepare("INSERT INTO warehouses (id, name) VALUES (?1, ?2)")?;
    for (id, name) in WAREHOUSES {
        insert.execute([id, name])?;
    }
    let mut insert_stock = db.prepare("INSERT INTO stocks (product_id, update_time) VALUES (?1, ?2)")?;
    let mut insert_quantity =
        db.prepare("INSERT INTO warehouse_stocks (product_id, warehouse_id, quantity) VALUES (?1, ?2, ?3)")?;
    for (_, product) in catalogue.products() {
        let mut random = Random::of(&["stock", &product.id]);
        let update_time = before(seed_time, MINUTE + random.below(3 * DAY));
        insert_stock.execute(params![product.id, update_time])?;
        let mut warehouses = WAREHOUSES.map(|(id, _)| id);
        random.shuffle(&mut warehouses);
        // Two to six of them.
        let count = 2 + random.index(WAREHOUSES.len() - 1);
        for (warehouse, quantity) in warehouses.into_iter().zip(quantities(product.stock, count, &mut random))
        {
            insert_quantity.execute(params![product.id, warehouse, quantity])?;
        }
    }
    Ok(())
}

/// What stands in each of so many warehouses.
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
