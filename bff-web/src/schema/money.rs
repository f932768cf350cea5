//! An amount of money.

use async_graphql::SimpleObject;
use bff_kit::Shown;
use bff_kit::value::{CurrencyCode, Decimal};
use downstream::money::decimal;
use proto::common;

/// An amount of money.
#[derive(SimpleObject, Shown)]
pub(crate) struct Money {
    /// Decimal amount, such as "89.00".
    amount: Decimal,
    /// Currency of the amount, such as "EUR".
    currency: CurrencyCode,
}

impl Money {
    /// Returns the amount a service sent; `None` if it sent none.
    pub(super) fn of(money: Option<&common::Money>) -> Option<Self> {
        let money = downstream::money::known(money)?;
        Some(Self { amount: decimal(money).into(), currency: money.currency_code.as_str().into() })
    }
}
