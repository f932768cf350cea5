//! A shelf with a label.

use async_graphql::Context;
use bff_kit::{ContextExt as _, Error, object};
use downstream::DeviceId;
use downstream::catalog::ProductById;
use downstream::inventory::StockOf;
use downstream::money::{decimal, known};
use downstream::pricing::PriceOf;
use downstream::telemetry::DeviceById;
use proto::common::Money;
use proto::telemetry;

/// Number of characters that fit on a label.
const LABEL_CHARACTERS: usize = 24;

/// Upper bound on the bytes of the text on a label.
const LABEL_BYTES: i32 = 4 * 24;

/// Content of the label on a shelf.
#[object(telemetry::Device)]
pub(crate) struct Shelf {
    /// Name of the product, 24 characters at most: a longer one is cut, between words where
    /// possible, and ends with an ellipsis. Null when it cannot be loaded.
    #[fetch(ProductById(self.product_id), with = label(name), or = null, bytes = LABEL_BYTES)]
    label: String,
    /// Price of the product, such as "89.00 EUR". Null when it cannot be loaded.
    #[fetch(PriceOf(self.product_id), known = price(customer_price), or = null, bytes = 24)]
    price: Option<String>,
    /// True if the product can be bought now. Null when the stock cannot be loaded.
    #[fetch(StockOf(self.product_id), take = available, or = null)]
    in_stock: bool,
}

/// Fetches the shelf of a device.
pub(super) async fn of(ctx: &Context<'_>, device: DeviceId) -> Result<Shelf, Error> {
    let device = ctx.fetch(DeviceById(device)).await?;
    if device.product_id.is_empty() { Err(Error::NotFound) } else { Ok(device.into()) }
}

fn price(money: Option<&Money>) -> Option<String> {
    known(money).map(|money| format!("{} {}", decimal(money), money.currency_code))
}

/// Returns the name, or as many of its whole words as fit on a label, since a cut number would name
/// another product.
fn label(name: &str) -> String {
    let Some((room, _)) = name.char_indices().nth(LABEL_CHARACTERS - 1) else { return name.to_owned() };
    if name.chars().count() == LABEL_CHARACTERS {
        return name.to_owned();
    }
    let (beginning, rest) = name.split_at(room);
    let words = match beginning.rfind(char::is_whitespace) {
        Some(end) if !rest.starts_with(char::is_whitespace) => &beginning[..end],
        // The beginning ends between words, or within a single long word.
        _ => beginning,
    };
    format!("{}…", words.trim_end_matches(|end: char| !end.is_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_never_ends_within_a_word_or_a_number() {
        for (name, expected) in [
            ("Gooseneck Kettle", "Gooseneck Kettle"),
            ("Twenty-four characters!!", "Twenty-four characters!!"),
            ("Rattan Proofing Basket 25 cm", "Rattan Proofing Basket…"),
            ("Graphite Pencil Set of 12", "Graphite Pencil Set of…"),
            ("Handwoven Runner Rug, 200 cm", "Handwoven Runner Rug…"),
            ("Insulated Steel Bottle 750 ml", "Insulated Steel Bottle…"),
            ("Donaudampfschifffahrtsgesellschaft", "Donaudampfschifffahrtsg…"),
            (
                "ケトル ケトル ケトル ケトル ケトル ケトル ケトル",
                "ケトル ケトル ケトル ケトル ケトル ケトル…",
            ),
        ] {
            assert_eq!(label(name), expected);
            assert!(label(name).chars().count() <= LABEL_CHARACTERS);
            assert!(label(name).len() <= LABEL_BYTES.unsigned_abs() as usize);
        }
    }
}
