//! Notifications of customers.

use jiff::Timestamp;
use proto::{notifications::NotificationKind, orders::OrderState};
use rusqlite::{Connection, params};

use super::{
    DAY, MINUTE, before,
    catalogue::{Catalogue, Product},
};
use crate::{
    hash::Random,
    notifications::{Draft, add},
    orders::{notice, order_id},
};

/// Largest number of notifications of one customer, besides those of orders.
const MOST: usize = 15;

/// Age of the oldest notification, in seconds.
const OLDEST: u64 = 60 * DAY;

/// The customer whose notifications are the same in every shop.
const ADA: &str = "user-ada-lindqvist";

/// Kind, title and text of a notification; "{}" stands for the name of a product.
type Message = (NotificationKind, &'static str, &'static str);

static MESSAGES: [Message; 6] = [
    (NotificationKind::Price, "A lower price", "{} costs less than when you looked at it last."),
    (NotificationKind::Price, "Only until Sunday", "Until Sunday evening there is a discount on {}."),
    (NotificationKind::Stock, "Back on the shelf", "{} can be bought again."),
    (NotificationKind::Stock, "A few have come in", "We have got a small delivery of {}."),
    (NotificationKind::News, "Longer hours", "Our customer service now answers until nine in the evening."),
    (
        NotificationKind::News,
        "Parcels without plastic",
        "From this month on we pack everything in paper alone.",
    ),
];

/// A message longer than a phone shows, and awkward to cut: accents and emoji stand where a preview ends.
static TASTING: Message = (
    NotificationKind::News,
    "A tasting on Friday",
    "Friday at six: Zoë and Émile serve crème brûlée 🍮☕ in the Café Orée, bring their finest beans, \
     and everybody takes a bag home.",
);

/// Ada's messages besides those of orders: the age of each in seconds, and the message.
static TO_ADA: [(u64, &Message); 3] = [(6 * DAY, &MESSAGES[2]), (DAY, &MESSAGES[0]), (5 * MINUTE, &TASTING)];

/// Seconds since Ada last looked at the notifications: later ones are unread.
const ADA_LOOKED: u64 = 2 * DAY;

/// A notification to write.
struct Told {
    /// Time of the notification, in microseconds since 1970.
    time: i64,
    message: Message,
    /// Order it concerns; empty without one.
    order_id: String,
}

pub(super) fn write(db: &Connection, catalogue: &Catalogue, seed_time: Timestamp) -> rusqlite::Result<()> {
    let products: Vec<&Product> = catalogue.products().map(|(_, product)| product).collect();
    for author in &catalogue.reviews.authors {
        let mut random = Random::of(&["notifications", &author.id]);
        let (messages, looked) = if author.id == ADA {
            (TO_ADA.to_vec(), ADA_LOOKED)
        } else {
            (some_messages(&mut random), random.below(OLDEST / 4))
        };
        let mut told = told_of_orders(db, &author.id, before(seed_time, OLDEST))?;
        told.extend(messages.into_iter().map(|(age, message)| Told {
            time: before(seed_time, age),
            message: *message,
            order_id: String::new(),
        }));
        told.sort_by_key(|told| told.time);
        for Told { time, message: (kind, title, text), order_id } in told {
            let product = text.contains("{}").then(|| products[random.index(products.len())]);
            let text = product.map_or_else(|| text.to_owned(), |product| text.replace("{}", &product.name));
            let draft = Draft {
                user: &author.id,
                kind,
                title,
                text: &text,
                read: time < before(seed_time, looked),
                create_time: time,
                order_id: &order_id,
                product_id: product.map_or("", |product| &product.id),
            };
            add(db, &draft)?;
        }
    }
    Ok(())
}

/// Messages of a customer besides those of orders, as in [`TO_ADA`].
fn some_messages(random: &mut Random) -> Vec<(u64, &'static Message)> {
    let count = random.index(MOST + 1);
    (0..count).map(|_| (MINUTE + random.below(OLDEST), &MESSAGES[random.index(MESSAGES.len())])).collect()
}

/// Notifications of a user about the states of orders placed after `since`, in microseconds since 1970.
fn told_of_orders(db: &Connection, user: &str, since: i64) -> rusqlite::Result<Vec<Told>> {
    let mut statement = db.prepare_cached(
        "SELECT number, state, create_time, update_time FROM orders WHERE user_id = ?1 AND create_time > ?2",
    )?;
    let mut rows = statement.query(params![user, since])?;
    let mut told = Vec::new();
    while let Some(row) = rows.next()? {
        let state = OrderState::try_from(row.get::<_, i32>(1)?).unwrap_or_default();
        let (created, updated): (i64, i64) = (row.get(2)?, row.get(3)?);
        // A delivered order was shipped about half of the time before.
        let on_its_way = (state == OrderState::Delivered)
            .then_some((OrderState::Shipped, i64::midpoint(created, updated)));
        for (state, time) in on_its_way.into_iter().chain([(state, updated)]) {
            if let Some((title, text)) = notice(state) {
                let message = (NotificationKind::Order, title, text);
                told.push(Told { time, message, order_id: order_id(row.get(0)?) });
            }
        }
    }
    Ok(told)
}

#[cfg(test)]
mod tests;
