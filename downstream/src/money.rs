//! Amounts of money as text.

use proto::common::Money;

/// The amount as a decimal number without its currency, with at least two decimal places: `"109.99"`.
#[must_use]
pub fn decimal(money: &Money) -> String {
    let negative = money.units < 0 || money.nanos < 0;
    let nanos = format!("{:09}", money.nanos.unsigned_abs());
    let places = nanos.trim_end_matches('0').len().max(2);
    let sign = if negative { "-" } else { "" };
    format!("{sign}{}.{}", money.units.unsigned_abs(), &nanos[..places])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_keep_every_digit_and_at_least_two_places() {
        let cases = [
            (109, 990_000_000, "109.99"),
            (5, 0, "5.00"),
            (0, 1_000_000, "0.001"),
            (0, -500_000_000, "-0.50"),
        ];
        for (units, nanos, expected) in cases {
            assert_eq!(decimal(&Money { currency_code: "EUR".into(), units, nanos }), expected);
        }
    }
}
