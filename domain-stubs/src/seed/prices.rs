//! List prices, promotions of products, and the promotion for loyal customers.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{
    DAY, after,
    catalogue::{Catalogue, Product},
};
use crate::hash::Random;

/// Promotions that run in every category: name, label, and the days until its earliest end, if it has one.
const CAMPAIGNS: [(&str, &str, Option<u64>); 4] = [
    ("spring", "Spring sale", Some(20)),
    ("weekend", "Weekend deal", Some(2)),
    ("clearance", "Clearance", None),
    ("favourite", "Customers' favourite", None),
];

/// Products in a hundred with a promotion, and those in a hundred of these with a second one.
const PROMOTED_PERCENT: u64 = 20;
const TWICE_PROMOTED_PERCENT: u64 = 15;

/// The customers with a promotion for their loyalty.
const LOYAL_CUSTOMERS: [&str; 3] = ["user-ada-lindqvist", "user-zoe-marchetti", "user-lukasz-wrona"];

pub(super) fn write(db: &Connection, catalogue: &Catalogue, seed_time: Timestamp) -> rusqlite::Result<()> {
    write_campaigns(db, catalogue, seed_time)?;
    write_loyalty(db)?;
    let mut insert_promotion = db
        .prepare("INSERT INTO product_promotions (product_id, position, promotion_id) VALUES (?1, ?2, ?3)")?;
    for (category, product) in catalogue.products() {
        write_list_price(db, product)?;
        for (position, campaign) in (0_i64..).zip(campaigns_of(&product.id)) {
            let promotion = promotion_id(campaign, &category.id);
            insert_promotion.execute(params![product.id, position, promotion])?;
        }
    }
    Ok(())
}

/// Writes the list price of a product, over an earlier one if there is one.
pub(super) fn write_list_price(db: &Connection, product: &Product) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO list_prices (product_id, amount, currency) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET amount = excluded.amount, currency = excluded.currency",
    )?
    .execute(params![product.id, product.price.cents(), product.price.currency()])?;
    Ok(())
}

fn write_campaigns(db: &Connection, catalogue: &Catalogue, seed_time: Timestamp) -> rusqlite::Result<()> {
    let mut insert =
        db.prepare("INSERT INTO promotions (id, label, percent_off, end_time) VALUES (?1, ?2, ?3, ?4)")?;
    for category in &catalogue.categories {
        for (campaign, label, ends_after) in CAMPAIGNS {
            let id = promotion_id(campaign, &category.id);
            let mut random = Random::of(&["promotion", &id]);
            let percent = 5 + random.below(36).cast_signed();
            let end_time = ends_after.map(|days| after(seed_time, (days + random.below(days)) * DAY));
            insert.execute(params![id, label, percent, end_time])?;
        }
    }
    Ok(())
}

fn write_loyalty(db: &Connection) -> rusqlite::Result<()> {
    db.execute("INSERT INTO customer_groups (id, name) VALUES ('loyal', 'Loyal customers')", [])?;
    db.execute(
        "INSERT INTO promotions (id, label, percent_off) VALUES ('member-price', 'Member price', 5)",
        [],
    )?;
    db.execute("INSERT INTO group_promotions (group_id, promotion_id) VALUES ('loyal', 'member-price')", [])?;
    for user in LOYAL_CUSTOMERS {
        db.execute("INSERT INTO customer_group_members (user_id, group_id) VALUES (?1, 'loyal')", [user])?;
    }
    Ok(())
}

fn promotion_id(campaign: &str, category: &str) -> String {
    format!("{campaign}-{category}")
}

/// The campaigns a product takes part in: mostly none, rarely two.
fn campaigns_of(product: &str) -> impl Iterator<Item = &'static str> {
    let mut random = Random::of(&["promotions", product]);
    let mut campaigns = CAMPAIGNS.map(|(campaign, ..)| campaign);
    random.shuffle(&mut campaigns);
    let count = if !random.percent(PROMOTED_PERCENT) {
        0
    } else if random.percent(TWICE_PROMOTED_PERCENT) {
        2
    } else {
        1
    };
    campaigns.into_iter().take(count)
}
