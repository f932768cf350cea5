//! Amounts of money as text.

use iso_currency::Currency;
use proto::common::Money;

/// Returns the amount that a service sent; `None` if it sent no amount, or one without a currency.
#[must_use]
pub fn known(money: Option<&Money>) -> Option<&Money> {
    money.filter(|money| !money.currency_code.is_empty())
}

/// Formats the amount as a decimal number without its currency, with at least as many decimal places as the currency
/// has: `"109.99"`.
#[must_use]
pub fn decimal(money: &Money) -> String {
    let usual = Currency::from_code(&money.currency_code).and_then(Currency::exponent).unwrap_or(2);
    let (mut decimals, mut places) = (money.nanos.unsigned_abs(), 9);
    while places > usize::from(usual) && decimals.is_multiple_of(10) {
        decimals /= 10;
        places -= 1;
    }
    let sign = if money.units < 0 || money.nanos < 0 { "-" } else { "" };
    let units = money.units.unsigned_abs();
    if places == 0 { format!("{sign}{units}") } else { format!("{sign}{units}.{decimals:0places$}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_keep_every_digit_and_the_places_of_their_currency() {
        let cases = [
            ("EUR", 109, 990_000_000, "109.99"),
            ("EUR", 5, 0, "5.00"),
            ("EUR", 0, 1_000_000, "0.001"),
            ("EUR", 0, -500_000_000, "-0.50"),
            ("JPY", 1_200, 0, "1200"),
            ("JPY", 0, 500_000_000, "0.5"),
            ("KWD", 3, 250_000_000, "3.250"),
        ];
        for (currency, units, nanos, expected) in cases {
            assert_eq!(decimal(&Money { currency_code: currency.into(), units, nanos }), expected);
        }
    }
}
