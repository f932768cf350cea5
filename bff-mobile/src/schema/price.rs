//! The price of a product.

use bff_kit::value::{CurrencyCode, Decimal};
use bff_kit::{Reading, object};
use downstream::money::{self, known};
use proto::common::Money;
use proto::pricing;

use crate::format::{self, MONEY};

/// Price of a product for the customer.
#[object(pricing::Price)]
pub(crate) struct Price {
    /// Price as localised text, such as "€89.00".
    #[read(known = format::price(ctx, customer_price), bytes = MONEY)]
    text: String,
    /// Price as localised text, such as "€89.00".
    #[read(known = format::price(ctx, customer_price), bytes = MONEY)]
    #[graphql(
        deprecation = "Use `text`, which is equal. Removal on 2027-06-01, with the last release before 5.1.0."
    )]
    formatted: String,
    /// Decimal amount, such as "89.00".
    #[read(customer_price, known = amount, bytes = MONEY)]
    amount: Decimal,
    /// Currency of the amount, such as "EUR".
    #[read(customer_price, known = currency)]
    currency: CurrencyCode,
    /// List price as localised text. Null when it equals the current price, or when unknown.
    #[read(with = was(ctx, list_price, customer_price), bytes = MONEY)]
    was: Option<String>,
}

fn amount(price: Option<&Money>) -> Option<Decimal> {
    known(price).map(|price| money::decimal(price).into())
}

fn currency(price: Option<&Money>) -> Option<CurrencyCode> {
    known(price).map(|price| price.currency_code.as_str().into())
}

fn was(ctx: &impl Reading, list: Option<&Money>, now: Option<&Money>) -> Option<String> {
    let is_less = known(now)? != known(list)?;
    is_less.then(|| format::price(ctx, list)).flatten()
}
