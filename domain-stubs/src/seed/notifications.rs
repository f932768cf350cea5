//! What the shop has told its customers.

use std::cmp::Reverse;

use jiff::Timestamp;
use proto::notifications::NotificationKind;
use rusqlite::Connection;

use super::{
    DAY, MINUTE, before,
    catalogue::{Catalogue, Product},
};
use crate::{
    hash::Random,
    notifications::{Draft, add},
    orders::{DELIVERED, SHIPPED},
};

/// Notifications of one customer at most.
const MOST: usize = 15;

/// How far back they go.
const OLDEST: u64 = 60 * DAY;

/// The customer whose notifications are the same in every shop.
const ADA: &str = "user-ada-lindqvist";

/// Kind, title and text; "{}" stands for the name of a product.
type Message = (NotificationKind, &'static str, &'static str);

static MESSAGES: [Message; 8] = [
    (NotificationKind::Order, SHIPPED.0, SHIPPED.1),
    (NotificationKind::Order, DELIVERED.0, DELIVERED.1),
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

/// Says more than a phone shows, and is awkward to cut: accents and emoji stand where a preview ends.
static TASTING: Message = (
    NotificationKind::News,
    "A tasting on Friday",
    "Friday at six: Zoë and Émile serve crème brûlée 🍮☕ in the Café Orée, bring their finest beans, \
     and everybody takes a bag home.",
);

/// What Ada was told: seconds since then, and which message; the oldest first.
static TO_ADA: [(u64, &Message); 7] = [
    (44 * DAY, &MESSAGES[6]),
    (21 * DAY, &MESSAGES[0]),
    (18 * DAY, &MESSAGES[1]),
    (6 * DAY, &MESSAGES[4]),
    (DAY, &MESSAGES[2]),
    (120 * MINUTE, &MESSAGES[0]),
    (5 * MINUTE, &TASTING),
];

/// How long ago Ada looked at them last: what came after that is unread.
const ADA_LOOKED: u64 = 2 * DAY;

pub(super) fn write(db: &Connection, catalogue: &Catalogue, seed_time: Timestamp) -> rusqlite::Result<()> {
    let products: Vec<&Product> = catalogue.products().map(|(_, product)| product).collect();
    for author in &catalogue.reviews.authors {
        let mut random = Random::of(&["notifications", &author.id]);
        let (told, looked) = if author.id == ADA {
            (TO_ADA.to_vec(), ADA_LOOKED)
        } else {
            (told(&mut random), random.below(OLDEST / 4))
        };
        for (age, &(kind, title, text)) in told {
            let product = text.contains("{}").then(|| products[random.index(products.len())]);
            let text = product.map_or_else(|| text.to_owned(), |product| text.replace("{}", &product.name));
            let draft = Draft {
                user: &author.id,
                kind,
                title,
                text: &text,
                read: age > looked,
                create_time: before(seed_time, age),
                product_id: product.map_or("", |product| &product.id),
                ..Draft::default()
            };
            add(db, &draft)?;
        }
    }
    Ok(())
}

/// What somebody was told, as in [`TO_ADA`].
fn told(random: &mut Random) -> Vec<(u64, &'static Message)> {
    let count = random.index(MOST + 1);
    let mut told: Vec<_> = (0..count)
        .map(|_| (MINUTE + random.below(OLDEST), &MESSAGES[random.index(MESSAGES.len())]))
        .collect();
    told.sort_by_key(|&(age, _)| Reverse(age));
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_long_text_has_accents_and_emoji_where_a_preview_of_it_ends() {
        let text = TASTING.2;
        assert!(text.chars().count() > 80);
        let around: String = text.chars().skip(42).take(16).collect();
        assert!(around.contains('û') && around.contains('☕'), "{around}");
    }
}
