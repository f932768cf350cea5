//! What users have been told.

use jiff::Timestamp;
use proto::notifications::NotificationKind;
use rusqlite::{Connection, params};

use super::{
    DAY, MINUTE, before,
    catalogue::{Catalogue, Product},
};
use crate::hash::Random;

/// Somebody to try things with: how many minutes ago each of their notifications came, the newest first. The first
/// three are unread.
const ADA: &str = "user-ada-lindqvist";
const ADA_MINUTES: [u64; 7] = [5, 120, 1_440, 4_000, 9_000, 20_000, 60_000];

/// The newest of them, whose fiftieth character is more than one code point.
const LONG_TEXT: &str = "Your parcel is on its way to you, Ada. Thank you 👩🏽‍🚀❤️ for waiting — it was packed in Gdańsk this \
    morning and should be at the café round the corner tomorrow.";

const KINDS: [NotificationKind; 4] =
    [NotificationKind::Order, NotificationKind::Price, NotificationKind::Stock, NotificationKind::News];

pub(super) fn write(db: &Connection, catalogue: &Catalogue, seed_time: Timestamp) -> rusqlite::Result<()> {
    let products: Vec<_> = catalogue.products().map(|(_, product)| product).collect();
    for author in &catalogue.reviews.authors {
        let mut random = Random::of(&["notifications", &author.id]);
        let minutes = if author.id == ADA {
            ADA_MINUTES.to_vec()
        } else {
            let count = random.index(16);
            (0..count).map(|_| 3 + random.below(60 * DAY / MINUTE)).collect()
        };
        for (index, minutes) in minutes.into_iter().enumerate() {
            let read = if author.id == ADA { index >= 3 } else { random.percent(60) };
            let is_long = author.id == ADA && index == 0;
            let kind = KINDS[(index + random.index(2)) % KINDS.len()];
            let kind = if is_long { NotificationKind::Order } else { kind };
            let product = products[random.index(products.len())];
            let (title, mut text) = words(kind, product);
            if is_long {
                LONG_TEXT.clone_into(&mut text);
            }
            let about = if kind == NotificationKind::Price || kind == NotificationKind::Stock {
                product.id.as_str()
            } else {
                ""
            };
            db.prepare_cached(
                "INSERT INTO notifications
                    (user_id, kind, title, text, read, create_time, order_id, product_id)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, '', ?7)",
            )?
            .execute(params![
                author.id,
                i32::from(kind),
                title,
                text,
                read,
                before(seed_time, minutes * MINUTE),
                about
            ])?;
        }
    }
    Ok(())
}

fn words(kind: NotificationKind, product: &Product) -> (&'static str, String) {
    let name = &product.name;
    match kind {
        NotificationKind::Order => {
            ("Your order has come further", "It was handed to the carrier.".to_owned())
        }
        NotificationKind::Price => ("A price went down", format!("{name} costs less than when you looked.")),
        NotificationKind::Stock => ("Back on the shelf", format!("{name} can be bought again.")),
        NotificationKind::News | NotificationKind::Unspecified => {
            ("News from the shop", "We have added a dozen things that were asked for often.".to_owned())
        }
    }
}
