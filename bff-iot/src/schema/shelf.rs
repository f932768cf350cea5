//! A shelf with a label.

use std::sync::Arc;

use async_graphql::{Context, Object};
use bff_kit::schema::{bounds, bytes, fetch, fetches};
use bff_kit::{ContextExt as _, Nullable};
use downstream::catalog::ProductById;
use downstream::inventory::StockOf;
use downstream::money::{decimal, known};
use downstream::pricing::PriceOf;
use proto::telemetry;

/// Number of characters that fit on a label.
const LABEL_CHARACTERS: usize = 24;

/// Upper bound on the bytes of the text on a label.
const LABEL_BYTES: i32 = 4 * 24;

pub(crate) struct Shelf(pub(super) Arc<telemetry::Device>);

/// Content of the label on a shelf.
#[Object]
impl Shelf {
    /// Name of the product, 24 characters at most: a longer one is cut, between words where
    /// possible, and ends with an ellipsis. Null when it cannot be loaded.
    #[graphql(
        directive = fetches::apply(fetch::<ProductById>(["parent.product_id"]).reading(["name"]).or("null")),
        directive = bounds::apply(bytes(LABEL_BYTES))
    )]
    async fn label(&self, ctx: &Context<'_>) -> Nullable<String> {
        let product = ctx.fetch(ProductById(self.product())).await;
        ctx.optional(product.map(|product| label(&product.name))).transpose()
    }

    /// Price of the product, such as "89.00 EUR". Null when it cannot be loaded.
    #[graphql(
        directive = fetches::apply(
            fetch::<PriceOf>(["parent.product_id"]).reading(["customer_price"]).or("null")
        ),
        directive = bounds::apply(bytes(24))
    )]
    async fn price(&self, ctx: &Context<'_>) -> Nullable<String> {
        let price = ctx.optional(ctx.fetch(PriceOf(self.product())).await);
        let text = price.map(|price| {
            let price = price?;
            let money = ctx.known(known(price.customer_price.as_ref()))?;
            Some(format!("{} {}", decimal(money), money.currency_code))
        });
        text.transpose()
    }

    /// True if the product can be bought now. Null when the stock cannot be loaded.
    #[graphql(directive = fetches::apply(
        fetch::<StockOf>(["parent.product_id"]).reading(["available"]).or("null")
    ))]
    async fn in_stock(&self, ctx: &Context<'_>) -> Nullable<bool> {
        let stock = ctx.fetch(StockOf(self.product())).await;
        ctx.optional(stock.map(|stock| stock.available)).transpose()
    }
}

impl Shelf {
    fn product(&self) -> Arc<str> {
        self.0.product_id.as_str().into()
    }
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
