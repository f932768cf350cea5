//! Categories and products, with their specifications, pictures and descriptions.

use jiff::Timestamp;
use proto::catalog::{Image, Specification, WholesaleTerms};
use rusqlite::{Connection, params};

use super::{
    DAY, before,
    catalogue::{Catalogue, Category, Product},
};
use crate::{clock, hash::Random, money::Money};

/// Views of a product on its pictures, the main one first.
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
        write_product(db, &category.id, product, &description(catalogue, category, product), seed_time)?;
        write_related(db, &product.id, &product.related)?;
    }
    Ok(())
}

/// Writes a product with its specifications and pictures, over an earlier one, which keeps its time
/// of creation.
pub(super) fn write_product(
    db: &Connection,
    category: &str,
    product: &Product,
    description: &str,
    seed_time: Timestamp,
) -> rusqlite::Result<()> {
    let cost = wholesale_cost(product);
    db.prepare_cached(
        "INSERT INTO products (id, name, brand, category_id, summary, thumbnail_url, create_time,
            wholesale_cost, wholesale_currency, margin_percent, supplier, description)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, brand = excluded.brand,
            category_id = excluded.category_id, summary = excluded.summary,
            wholesale_cost = excluded.wholesale_cost, wholesale_currency = excluded.wholesale_currency,
            description = excluded.description",
    )?
    .execute(params![
        product.id,
        product.name,
        product.brand,
        category,
        product.summary,
        thumbnail_url(product),
        create_time(product, seed_time),
        cost.cents(),
        cost.currency(),
        f64::from(product.margin_percent),
        product.supplier,
        description
    ])?;
    write_specifications(db, product)?;
    write_images(db, product)
}

/// A product of the seed, or one made like those, with every field of the contract.
pub(crate) fn complete(
    catalogue: &Catalogue,
    category: &Category,
    product: &Product,
    seed_time: Timestamp,
) -> proto::catalog::Product {
    let specification = |(group, name, value): &(String, String, String)| Specification {
        group: group.clone(),
        name: name.clone(),
        value: value.clone(),
    };
    proto::catalog::Product {
        id: product.id.clone(),
        name: product.name.clone(),
        brand: product.brand.clone(),
        category_id: category.id.clone(),
        summary: product.summary.clone(),
        description: description(catalogue, category, product),
        specifications: product.specifications.iter().map(specification).collect(),
        images: images(product),
        thumbnail_url: thumbnail_url(product),
        create_time: Some(clock::stored_to_proto(create_time(product, seed_time))),
        wholesale: Some(WholesaleTerms {
            cost: Some(wholesale_cost(product).into()),
            margin_percent: f64::from(product.margin_percent),
            supplier: product.supplier.clone(),
        }),
        related_product_ids: product.related.clone(),
    }
}

/// The time at which a product was first offered, in microseconds since 1970.
fn create_time(product: &Product, seed_time: Timestamp) -> i64 {
    let mut random = Random::of(&["product", &product.id]);
    // Long enough ago that every review is younger.
    before(seed_time, (600 + random.below(900)) * DAY + random.below(DAY))
}

/// The price the shop pays for a product.
fn wholesale_cost(product: &Product) -> Money {
    product.price.less_percents([i32::from(product.margin_percent)])
}

/// The URL of the picture for lists.
fn thumbnail_url(product: &Product) -> String {
    format!("https://images.shop.example/{}/thumb.webp", product.id)
}

/// The description: paragraphs of the product, then of its category in an order drawn for the product, then of the
/// shop.
fn description(catalogue: &Catalogue, category: &Category, product: &Product) -> String {
    let mut general: Vec<&String> = category.paragraphs.iter().collect();
    Random::of(&["description", &product.id]).shuffle(&mut general);
    let paragraphs = product.paragraphs.iter().chain(general).chain(&catalogue.shop.paragraphs);
    paragraphs.map(String::as_str).collect::<Vec<_>>().join("\n\n")
}

fn write_specifications(db: &Connection, product: &Product) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM specifications WHERE product_id = ?1")?.execute([&product.id])?;
    let mut insert = db.prepare_cached(
        "INSERT INTO specifications (product_id, position, heading, name, value) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for (position, (heading, name, value)) in (0_i64..).zip(&product.specifications) {
        insert.execute(params![product.id, position, heading, name, value])?;
    }
    Ok(())
}

fn write_images(db: &Connection, product: &Product) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM images WHERE product_id = ?1")?.execute([&product.id])?;
    let mut insert = db.prepare_cached(
        "INSERT INTO images (product_id, position, url, alt_text, width, height) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for (position, image) in (1_i64..).zip(images(product)) {
        let Image { url, alt_text, width, height } = image;
        insert.execute(params![product.id, position, url, alt_text, width, height])?;
    }
    Ok(())
}

/// The pictures of a product, the main one first.
fn images(product: &Product) -> Vec<Image> {
    let mut random = Random::of(&["images", &product.id]);
    let image = |(number, view)| {
        let (width, height) = SIZES[random.index(SIZES.len())];
        Image {
            url: format!("https://images.shop.example/{}/{number}.webp", product.id),
            alt_text: format!("{}, {view}", product.name),
            width,
            height,
        }
    };
    (1..=product.images).zip(VIEWS.iter().cycle()).map(image).collect()
}

/// Writes the related products of one that has none yet, best first.
pub(super) fn write_related(db: &Connection, product: &str, related: &[String]) -> rusqlite::Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT INTO related_products (product_id, position, related_id) VALUES (?1, ?2, ?3)",
    )?;
    for (position, related) in (0_i64..).zip(related) {
        insert.execute(params![product, position, related])?;
    }
    Ok(())
}
