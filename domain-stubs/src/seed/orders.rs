//! Orders in every state. What they took from the warehouses was gone before the shop was counted.

use jiff::Timestamp;
use proto::orders::OrderState;
use rusqlite::{Connection, params};

use super::{
    DAY, MINUTE, before,
    catalogue::{Catalogue, Product},
};
use crate::{hash::Random, pricing::Money};

/// Somebody to try things with: the states of their orders, the newest first, and how many days old each is.
const ADA: &str = "user-ada-lindqvist";
const ADA_STATES: [(OrderState, u64); 6] = [
    (OrderState::Placed, 0),
    (OrderState::Packed, 1),
    (OrderState::Shipped, 3),
    (OrderState::Delivered, 21),
    (OrderState::Cancelled, 45),
    (OrderState::Delivered, 200),
];

pub(super) fn write(db: &Connection, catalogue: &Catalogue, seed_time: Timestamp) -> rusqlite::Result<()> {
    let products: Vec<_> = catalogue.products().map(|(_, product)| product).collect();
    for author in &catalogue.reviews.authors {
        let mut random = Random::of(&["orders", &author.id]);
        let states = if author.id == ADA { ADA_STATES.to_vec() } else { some_states(&mut random) };
        for (state, days) in states {
            let create_time = before(seed_time, days * DAY + 17 * MINUTE + random.below(300) * MINUTE);
            write_order(db, &author.id, state, create_time, &products, &mut random)?;
        }
    }
    Ok(())
}

/// None to five orders.
fn some_states(random: &mut Random) -> Vec<(OrderState, u64)> {
    let count = random.index(6);
    let mut states = Vec::new();
    for index in 0..count {
        let days = u64::try_from(index).expect("a small number") * 9 + random.below(9);
        let state = match days {
            0 => OrderState::Placed,
            1 => OrderState::Packed,
            2..=4 => OrderState::Shipped,
            _ if random.percent(10) => OrderState::Cancelled,
            _ => OrderState::Delivered,
        };
        states.push((state, days));
    }
    states
}

fn write_order(
    db: &Connection,
    user: &str,
    state: OrderState,
    create_time: i64,
    products: &[&Product],
    random: &mut Random,
) -> rusqlite::Result<()> {
    let lines: Vec<_> = (0..=random.index(3))
        .map(|_| {
            let product = products[random.index(products.len())];
            (product, 1 + i32::from(random.percent(25)), product.price)
        })
        .collect();
    let shipping = 390;
    let goods: i64 = lines.iter().map(|(_, quantity, price)| price.times(*quantity).cents()).sum();
    let total = Money::from_cents(shipping + goods);
    let method = format!("pay-{}-1", user.trim_start_matches("user-"));
    db.prepare_cached(
        "INSERT INTO orders
            (user_id, state, total, payment_method_id, shipping_option_id, country_code, create_time, update_time)
         VALUES (?1, ?2, ?3, ?4, 'standard', 'FR', ?5, ?5)",
    )?
    .execute(params![user, i32::from(state), total.cents(), method, create_time])?;
    let number = db.last_insert_rowid();
    let mut insert = db.prepare_cached(
        "INSERT INTO order_items (order_number, position, product_id, product_name, quantity, unit_price)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for (position, (product, quantity, price)) in (0_i64..).zip(lines) {
        insert.execute(params![number, position, product.id, product.name, quantity, price.cents()])?;
    }
    db.prepare_cached(
        "INSERT INTO payment_authorisations (order_number, payment_method_id, amount, released)
         VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![number, method, total.cents(), state == OrderState::Cancelled])?;
    Ok(())
}
