//! Tariffs of shipping, one for each currency goods are sold in.

use crate::{currency::Currency, money::Money};

/// Units of each currency that the shop takes in place of a euro. They are prices, not rates of exchange: they are
/// round, and do not move.
const TARIFFS: [(&str, i64); 11] = [
    ("CHF", 1),
    ("CZK", 25),
    ("DKK", 7),
    ("EUR", 1),
    ("GBP", 1),
    ("HUF", 400),
    ("JPY", 160),
    ("NOK", 12),
    ("PLN", 4),
    ("SEK", 11),
    ("USD", 1),
];

/// The tariff in one currency.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tariff {
    currency: Currency,
    /// Units of the currency for a euro.
    units: i64,
}

impl Tariff {
    /// The tariff in a currency; `None` for a currency without one.
    pub(super) fn of(currency: Currency) -> Option<Self> {
        let tariff = TARIFFS.into_iter().find(|(code, _)| Currency::parse(code) == Some(currency));
        tariff.map(|(_, units)| Self { currency, units })
    }

    /// The price in this currency for a price in cents of a euro.
    pub(super) fn price(self, euro_cents: i64) -> Money {
        let smallest_units = (0..self.currency.decimals()).fold(self.units, |units, _| units * 10);
        Money::new(euro_cents * smallest_units / 100, self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(code: &str) -> Option<Money> {
        Tariff::of(Currency::parse(code).unwrap()).map(|tariff| tariff.price(390))
    }

    #[test]
    fn a_price_is_in_its_own_currency_to_the_smallest_unit() {
        assert_eq!(price("EUR"), Some(Money::from_cents(390)));
        assert_eq!(price("SEK").map(Money::cents), Some(4_290));
        assert_eq!(price("JPY").map(Money::cents), Some(624), "there are no hundredths of a yen");
        assert_eq!(price("THB"), None);
    }

    #[test]
    fn every_tariff_is_for_a_currency() {
        assert!(TARIFFS.into_iter().all(|(code, units)| price(code).is_some() && units > 0));
    }
}
