//! Users of the shop: their accounts and payment methods, and the carts of some.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{
    DAY, MINUTE, before,
    catalogue::{Abundance, Catalogue},
    reviews,
};
use crate::{hash::Random, users::NewAccount};

/// A user whose bank declines every payment.
const WITHOUT_LUCK: Customer<'static> =
    Customer { id: "user-pat-declined", name: "Pat D.", given_name: "Pat" };

/// A user whose only card has expired.
const WITHOUT_CARD: &str = "user-goran-petrusic";

/// The user of the examples, with the products of her cart and their quantities.
const ADA: (&str, [(&str, i32); 3]) = (
    "user-ada-lindqvist",
    [("grinder-hand-steel-30", 1), ("filter-papers-cone-100", 2), ("desk-lamp-arm-brass", 1)],
);

const BRANDS: [&str; 3] = ["Visa", "Mastercard", "Maestro"];

/// A user who has an account from the first day on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Customer<'a> {
    pub(crate) id: &'a str,
    /// Name that others see.
    pub(crate) name: &'a str,
    /// Name to greet the person by.
    pub(crate) given_name: &'a str,
}

/// The users of the seed; the first one is the user of the examples.
pub(crate) fn customers(catalogue: &Catalogue) -> impl Iterator<Item = Customer<'_>> {
    let authors = catalogue.reviews.authors.iter();
    let authors = authors.map(|it| Customer { id: &it.id, name: &it.name, given_name: &it.given_name });
    authors.chain([WITHOUT_LUCK])
}

pub(super) fn write(db: &Connection, catalogue: &Catalogue, seed_time: Timestamp) -> rusqlite::Result<()> {
    for Customer { id: user, name, given_name } in customers(catalogue) {
        let mut random = Random::of(&["account", user]);
        // The account is older than everything done with it.
        let create_time = before(seed_time, reviews::OLDEST + DAY + random.below(1_000 * DAY));
        NewAccount { user, name, given_name, create_time }.open(db)?;
        write_preferences(db, user, &mut random)?;
        write_payment_methods(db, user, seed_time)?;
        if user == ADA.0 {
            write_cart(db, user, &ADA.1, seed_time)?;
        } else {
            let mut random = Random::of(&["cart", user]);
            if random.percent(33) {
                write_cart(db, user, &some_products(catalogue, &mut random), seed_time)?;
            }
        }
    }
    Ok(())
}

fn write_preferences(db: &Connection, user: &str, random: &mut Random) -> rusqlite::Result<()> {
    if random.percent(25) {
        let language = ["en", "fr", "de"][random.index(3)];
        let country = ["FR", "DE", "NL", "IT"][random.index(4)];
        db.prepare_cached(
            "INSERT INTO preferences (user_id, language, notification_sound, newsletter, country_code)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![user, language, random.percent(70), random.percent(30), country])?;
    }
    Ok(())
}

fn write_payment_methods(db: &Connection, user: &str, seed_time: Timestamp) -> rusqlite::Result<()> {
    let mut random = Random::of(&["payment methods", user]);
    let this_year = i64::from(seed_time.to_zoned(jiff::tz::TimeZone::UTC).year());
    let count = if user == WITHOUT_CARD { 1 } else { 1 + random.index(3) };
    for index in 0..count {
        let year = if user == WITHOUT_CARD { this_year - 1 } else { this_year + 2 };
        db.prepare_cached(
            "INSERT INTO payment_methods
                (id, user_id, brand, last_four, expiry_month, expiry_year, is_default, declines)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            format!("pay-{}-{}", user.trim_start_matches("user-"), index + 1),
            user,
            BRANDS[random.index(BRANDS.len())],
            format!("{:04}", random.below(10_000)),
            1 + i64::try_from(random.index(12)).expect("below twelve"),
            year,
            index == 0,
            user == WITHOUT_LUCK.id
        ])?;
    }
    Ok(())
}

/// One to four products of which there are plenty, each with a quantity.
fn some_products<'a>(catalogue: &'a Catalogue, random: &mut Random) -> Vec<(&'a str, i32)> {
    let products = catalogue.products().map(|(_, product)| product);
    let mut plenty: Vec<_> = products
        .filter(|product| matches!(product.stock, Abundance::Plenty))
        .map(|it| it.id.as_str())
        .collect();
    random.shuffle(&mut plenty);
    plenty.truncate(1 + random.index(4));
    plenty.into_iter().map(|id| (id, if random.percent(30) { 2 } else { 1 })).collect()
}

fn write_cart(
    db: &Connection,
    user: &str,
    products: &[(&str, i32)],
    seed_time: Timestamp,
) -> rusqlite::Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT INTO cart_items (user_id, product_id, quantity, position) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for (position, (product, quantity)) in (1_i64..).zip(products) {
        insert.execute(params![user, product, quantity, position])?;
    }
    db.prepare_cached("INSERT INTO carts (user_id, update_time) VALUES (?1, ?2)")?
        .execute(params![user, before(seed_time, 20 * MINUTE)])?;
    Ok(())
}
