//! Reviews and their authors.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{
    DAY, MINUTE, before,
    catalogue::{Author, Catalogue, Product, Reviews},
};
use crate::{hash::Random, reviews::review_id};

/// Largest number of reviews of one product.
const MOST_REVIEWS: usize = 40;

/// Age of the oldest review, in seconds: eighteen months.
pub(super) const OLDEST: u64 = 547 * DAY;

/// Age of the newest review of all, in seconds; every other one is older.
const NEWEST: u64 = 4 * MINUTE;

/// Percentage of reviews with any number of stars, such as by a customer disappointed by a good
/// product.
const ODD_PERCENT: u64 = 7;

/// A review of a product.
pub(crate) struct Review<'a> {
    pub(crate) author: &'a Author,
    pub(crate) stars: u8,
    pub(crate) text: &'a str,
    /// Time of the review, in microseconds since 1970.
    pub(crate) create_time: i64,
}

pub(super) fn write(db: &Connection, catalogue: &Catalogue, seed_time: Timestamp) -> rusqlite::Result<()> {
    let mut newest = Some(NEWEST);
    for (_, product) in catalogue.products() {
        write_of(db, product, &catalogue.reviews, |random| {
            newest.take().map_or_else(|| some_time(random, seed_time), |age| before(seed_time, age))
        })?;
    }
    Ok(())
}

/// Writes reviews of a product that has none.
pub(super) fn write_of(
    db: &Connection,
    product: &Product,
    reviews: &Reviews,
    create_time: impl FnMut(&mut Random) -> i64,
) -> rusqlite::Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT INTO reviews (id, product_id, author_id, rating, text, create_time)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for Review { author, stars, text, create_time } in reviews_of(product, reviews, create_time) {
        let id = review_id(&product.id, &author.id);
        insert.execute(params![id, product.id, author.id, stars, text, create_time])?;
    }
    Ok(())
}

/// The reviews of a product; `create_time` draws the time of each, in microseconds since 1970.
pub(super) fn reviews_of<'a>(
    product: &Product,
    reviews: &'a Reviews,
    mut create_time: impl FnMut(&mut Random) -> i64,
) -> Vec<Review<'a>> {
    let mut random = Random::of(&["reviews", &product.id]);
    let mut authors: Vec<&Author> = reviews.authors.iter().collect();
    random.shuffle(&mut authors);
    authors.truncate(random.index(MOST_REVIEWS + 1));
    // The first text for each star, so that a product repeats none before all were used.
    let first_text = random.index(1_000);
    let mut written = [0; 6];
    let review = |author| {
        let stars = stars(product.stars, &mut random);
        let texts = &reviews.texts[&stars];
        let nth = &mut written[usize::from(stars)];
        let text = &texts[(first_text + *nth) % texts.len()];
        *nth += 1;
        Review { author, stars, text, create_time: create_time(&mut random) }
    };
    authors.into_iter().map(review).collect()
}

/// The time of a review, drawn at random, in microseconds since 1970.
pub(super) fn some_time(random: &mut Random, seed_time: Timestamp) -> i64 {
    before(seed_time, age(random))
}

/// Seconds since a review was written; the recent past has more of them.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a share of eighteen months in seconds fits everywhere"
)]
fn age(random: &mut Random) -> u64 {
    let share = random.unit() * random.unit();
    NEWEST + MINUTE + (share * OLDEST as f64) as u64
}

/// Stars around a mean.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "what is between one and five fits everywhere"
)]
fn stars(mean: f64, random: &mut Random) -> u8 {
    if random.percent(ODD_PERCENT) {
        return 1 + random.index(5) as u8;
    }
    let spread = (random.unit() + random.unit() - 1.0) * 1.5;
    (mean + spread).round().clamp(1.0, 5.0) as u8
}
