//! Categories, products and what belongs to them.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{
    DAY, before,
    catalogue::{Catalogue, Category, Product},
};
use crate::{hash::Random, pricing::Money};

/// What the pictures of a product show, the main one first.
const VIEWS: [&str; 6] =
    ["from the front", "from the side", "in use", "close up", "seen from above", "unpacked"];

/// Widths and heights of pictures.
const SIZES: [(i32, i32); 3] = [(1_200, 1_200), (1_600, 1_200), (1_200, 1_600)];

pub(super) fn write(db: &Connection, catalogue: &Catalogue, seed_time: Timestamp) -> rusqlite::Result<()> {
    let mut insert = db.prepare("INSERT INTO categories (id, name) VALUES (?1, ?2)")?;
    for category in &catalogue.categories {
        insert.execute([&category.id, &category.name])?;
    }
    for (category, product) in catalogue.products() {
        let description = description(catalogue, category, product);
        write_product(db, category, product, &description, seed_time)?;
        write_specifications(db, product)?;
        write_images(db, product)?;
        write_related(db, product)?;
    }
    Ok(())
}

fn write_product(
    db: &Connection,
    category: &Category,
    product: &Product,
    description: &str,
    seed_time: Timestamp,
) -> rusqlite::Result<()> {
    let mut random = Random::of(&["product", &product.id]);
    // Long enough ago that every review is younger.
    let create_time = before(seed_time, (600 + random.below(900)) * DAY + random.below(DAY));
    let price = list_price(product);
    db.prepare_cached(
        "INSERT INTO products (id, name, brand, category_id, summary, thumbnail_url, create_time,
            wholesale_cost, margin_percent, supplier, description)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        product.id,
        product.name,
        product.brand,
        category.id,
        product.summary,
        format!("https://images.shop.example/{}/thumb.webp", product.id),
        create_time,
        price.less_percents([i32::from(product.margin_percent)]).cents(),
        f64::from(product.margin_percent),
        product.supplier,
        description
    ])?;
    Ok(())
}

/// What the product costs without any promotion.
pub(super) fn list_price(product: &Product) -> Money {
    Money::parse(&product.price).expect("a test reads every price of `seed/`")
}

/// What is said of the product itself, then of its category in an order of its own, then of everything in the shop.
fn description(catalogue: &Catalogue, category: &Category, product: &Product) -> String {
    let mut general: Vec<&String> = category.paragraphs.iter().collect();
    Random::of(&["description", &product.id]).shuffle(&mut general);
    let paragraphs = product.paragraphs.iter().chain(general).chain(&catalogue.shop.paragraphs);
    paragraphs.map(String::as_str).collect::<Vec<_>>().join("\n\n")
}

fn write_specifications(db: &Connection, product: &Product) -> rusqlite::Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT INTO specifications (product_id, position, heading, name, value) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for (position, (heading, name, value)) in (0_i64..).zip(&product.specifications) {
        insert.execute(params![product.id, position, heading, name, value])?;
    }
    Ok(())
}

fn write_images(db: &Connection, product: &Product) -> rusqlite::Result<()> {
    let mut random = Random::of(&["images", &product.id]);
    let mut insert = db.prepare_cached(
        "INSERT INTO images (product_id, position, url, alt_text, width, height) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for (number, view) in (1..=product.images).zip(VIEWS.iter().cycle()) {
        let url = format!("https://images.shop.example/{}/{number}.webp", product.id);
        let (width, height) = SIZES[random.index(SIZES.len())];
        let alt_text = format!("{}, {view}", product.name);
        insert.execute(params![product.id, number, url, alt_text, width, height])?;
    }
    Ok(())
}

fn write_related(db: &Connection, product: &Product) -> rusqlite::Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT INTO related_products (product_id, position, related_id) VALUES (?1, ?2, ?3)",
    )?;
    for (position, related) in (0_i64..).zip(&product.related) {
        insert.execute(params![product.id, position, related])?;
    }
    Ok(())
}
