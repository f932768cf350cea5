//! Sensors and labels on the shelves.

use rusqlite::{Connection, params};

use super::catalogue::Catalogue;
use crate::hash::Random;

/// How many there are; the last two are on no shelf.
const COUNT: usize = 40;

/// The product on the shelf of the first.
const FIRST_PRODUCT: &str = "kettle-gooseneck-09";

const PLACES: [&str; 4] = ["Lyon", "Hamburg", "Porto", "Gdańsk"];

pub(super) fn write(db: &Connection, catalogue: &Catalogue) -> rusqlite::Result<()> {
    let products: Vec<_> = catalogue.products().map(|(_, product)| product.id.as_str()).collect();
    let mut insert = db.prepare(
        "INSERT INTO devices (id, location, product_id, report_interval_s, item_weight_g, display_on)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for number in 1..=COUNT {
        let id = format!("shelf-{number:04}");
        let mut random = Random::of(&["device", &id]);
        let product = match number {
            1 => Some(FIRST_PRODUCT),
            number if number > COUNT - 2 => None,
            _ => Some(products[random.index(products.len())]),
        };
        let location = format!("{}, aisle {}", PLACES[random.index(PLACES.len())], 1 + random.index(12));
        let interval = [60, 120, 300, 600, 900][random.index(5)];
        let weight = 50 + i32::try_from(random.index(4_000)).expect("a small number");
        insert.execute(params![
            id,
            location,
            product,
            interval,
            weight,
            number == 1 || random.percent(85)
        ])?;
    }
    Ok(())
}
