//! Orders in every state. Their items had left the warehouses before the stock of the seed was counted.

use jiff::Timestamp;
use proto::orders::OrderState;
use rusqlite::Connection;

use super::{DAY, HOUR, MINUTE, before, catalogue::Catalogue};
use crate::{
    hash::Random,
    orders::{NewItem, NewOrder, note_pick},
    payments, pricing,
    refusal::Refusal,
    shipping,
};

/// The customer whose orders are the same in every shop.
const ADA: &str = "user-ada-lindqvist";

/// Ada's orders, the newest first: the state of each, its age in days, and the seconds since it came into its state,
/// which are drawn where there are none.
const ADA_ORDERS: [(OrderState, u64, Option<u64>); 6] = [
    (OrderState::Placed, 0, None),
    (OrderState::Packed, 1, None),
    (OrderState::Shipped, 3, Some(2 * HOUR)),
    (OrderState::Delivered, 22, Some(18 * DAY)),
    (OrderState::Cancelled, 45, None),
    (OrderState::Delivered, 200, None),
];

/// Country that every order is sent to.
const COUNTRY: &str = "FR";

/// Shipping option of every order.
const SHIPPING_OPTION: &str = "standard";

/// An order to write.
struct Placed<'a> {
    /// Time it was placed, in microseconds since 1970.
    create_time: i64,
    user: &'a str,
    state: OrderState,
    /// Time it came into its state, in microseconds since 1970; `None` when that is to be drawn.
    update_time: Option<i64>,
    random: Random,
}

pub(super) fn write(db: &Connection, catalogue: &Catalogue, seed_time: Timestamp) -> rusqlite::Result<()> {
    let products: Vec<_> = catalogue.products().map(|(_, product)| product.id.as_str()).collect();
    let mut orders = Vec::new();
    for author in &catalogue.reviews.authors {
        let mut random = Random::of(&["orders", &author.id]);
        let states = if author.id == ADA { ADA_ORDERS.to_vec() } else { some_orders(&mut random) };
        for (state, days, changed) in states {
            let create_time = before(seed_time, days * DAY + 17 * MINUTE + random.below(300) * MINUTE);
            let update_time = changed.map(|seconds| before(seed_time, seconds));
            let random = Random::new(random.next());
            orders.push(Placed { create_time, user: &author.id, state, update_time, random });
        }
    }
    // Orders are numbered as they are placed.
    orders.sort_by_key(|order| (order.create_time, order.user));
    orders.into_iter().try_for_each(|order| write_order(db, order, &products))
}

/// None to five orders, as in [`ADA_ORDERS`].
fn some_orders(random: &mut Random) -> Vec<(OrderState, u64, Option<u64>)> {
    let count = random.index(6);
    let mut orders = Vec::new();
    for index in 0..count {
        let days = u64::try_from(index).expect("a small number") * 9 + random.below(9);
        let state = match days {
            0 => OrderState::Placed,
            1 => OrderState::Packed,
            2..=4 => OrderState::Shipped,
            _ if random.percent(10) => OrderState::Cancelled,
            _ => OrderState::Delivered,
        };
        orders.push((state, days, None));
    }
    orders
}

fn write_order(db: &Connection, order: Placed<'_>, products: &[&str]) -> rusqlite::Result<()> {
    let Placed { create_time, user, state, update_time, mut random } = order;
    let mut bought = products.to_vec();
    random.shuffle(&mut bought);
    bought.truncate(1 + random.index(3));
    let item = |product| {
        let unit = sound(pricing::customer_price(db, product, user, create_time))?;
        Ok(NewItem { product, quantity: 1 + i32::from(random.percent(25)), unit })
    };
    let items: Vec<_> = bought.into_iter().map(item).collect::<rusqlite::Result<_>>()?;
    let goods = items.iter().map(|item| (item.product, item.unit.currency()));
    let shipping = sound(shipping::price(goods, COUNTRY, SHIPPING_OPTION))?;
    let new = NewOrder {
        user,
        state,
        items,
        shipping,
        payment_method_id: &format!("pay-{}-1", user.trim_start_matches("user-")),
        shipping_option_id: SHIPPING_OPTION,
        country_code: COUNTRY,
        create_time,
        update_time: update_time.unwrap_or_else(|| create_time + came_after(state, &mut random)),
    };
    let number = sound(new.write(db))?;
    for item in &new.items {
        let warehouse = warehouse(db, item.product, &mut random)?;
        note_pick(db, number, item.product, &warehouse, item.quantity.into())?;
    }
    if state == OrderState::Cancelled {
        payments::release(db, number)?;
    }
    Ok(())
}

/// Time from the placing of an order to its present state, in microseconds; never longer than the age of the youngest
/// order of that state.
fn came_after(state: OrderState, random: &mut Random) -> i64 {
    let seconds = match state {
        OrderState::Packed | OrderState::Cancelled => HOUR + random.below(19 * HOUR),
        OrderState::Shipped => 22 * HOUR + random.below(22 * HOUR),
        OrderState::Delivered => 2 * DAY + random.below(2 * DAY),
        OrderState::Placed | OrderState::Unspecified => 0,
    };
    i64::try_from(seconds * 1_000_000).expect("four days at most")
}

/// One of the warehouses that keep a product.
fn warehouse(db: &Connection, product: &str, random: &mut Random) -> rusqlite::Result<String> {
    let mut statement = db.prepare_cached(
        "SELECT warehouse_id FROM warehouse_stocks WHERE product_id = ?1 ORDER BY warehouse_id",
    )?;
    let rows = statement.query_map([product], |row| row.get(0))?;
    let mut warehouses = rows.collect::<rusqlite::Result<Vec<String>>>()?;
    Ok(warehouses.swap_remove(random.index(warehouses.len())))
}

/// Turns an error of the domain into one of the store. It does not occur: every product of the
/// catalogue has a price and can be shipped.
fn sound<T>(outcome: Result<T, Refusal>) -> rusqlite::Result<T> {
    outcome.map_err(|error| rusqlite::Error::ToSqlConversionFailure(format!("{error:?}").into()))
}
