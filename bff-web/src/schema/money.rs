//! An amount of money.

use async_graphql::SimpleObject;
use downstream::money::decimal;
use proto::common;

/// An amount of money.
#[derive(SimpleObject)]
pub(crate) struct Money {
    /// The amount as a decimal number, such as "89.00".
    amount: String,
    /// Currency by ISO 4217, such as "EUR".
    currency: String,
}

impl From<&common::Money> for Money {
    fn from(money: &common::Money) -> Self {
        Self { amount: decimal(money), currency: money.currency_code.clone() }
    }
}
