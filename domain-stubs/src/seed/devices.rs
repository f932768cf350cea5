//! Devices on the shelves.

use rusqlite::{Connection, params};

use super::catalogue::{Catalogue, Product};
use crate::hash::Random;

/// Number of devices.
const COUNT: usize = 40;

/// Number of devices on no product's shelf; they are the last ones.
const WITHOUT_PRODUCT: usize = 2;

/// The product of the first device, whose display is on.
const FIRST_PRODUCT: &str = "kettle-gooseneck-09";

const CITIES: [&str; 4] = ["Gdańsk", "Hamburg", "Lyon", "Porto"];

/// Seconds between reports.
const REPORT_INTERVALS: [i64; 3] = [300, 900, 3_600];

/// Weights of one item, in grams.
const ITEM_WEIGHTS: [i32; 6] = [80, 250, 420, 900, 1_350, 2_600];

pub(super) fn write(db: &Connection, catalogue: &Catalogue) -> rusqlite::Result<()> {
    let mut insert = db.prepare(
        "INSERT INTO devices (id, location, product_id, report_interval, item_weight_g, display_on)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    let mut products: Vec<&Product> = catalogue.products().map(|(_, product)| product).collect();
    Random::of(&["devices"]).shuffle(&mut products);
    products.sort_by_key(|product| product.id != FIRST_PRODUCT);
    for (index, product) in products.into_iter().take(COUNT).enumerate() {
        let id = format!("shelf-{:04}", index + 1);
        let mut random = Random::of(&["device", &id]);
        let city = CITIES[random.index(CITIES.len())];
        let location = format!("{city}, aisle {}", 1 + random.below(12));
        let product = (index < COUNT - WITHOUT_PRODUCT).then_some(&product.id);
        let interval = REPORT_INTERVALS[random.index(REPORT_INTERVALS.len())];
        let item_weight = ITEM_WEIGHTS[random.index(ITEM_WEIGHTS.len())];
        let display_on = index == 0 || (product.is_some() && random.percent(80));
        insert.execute(params![id, location, product, interval, item_weight, display_on])?;
    }
    Ok(())
}
