//! Money as a price tag shows it.

use downstream::money::decimal;
use proto::common::Money;

/// The amount with the sign of its currency, such as `"€1,299.00"`.
pub(crate) fn money(money: &Money) -> String {
    let amount = decimal(money);
    let (sign, amount) = match amount.strip_prefix('-') {
        Some(amount) => ("-", amount.to_owned()),
        None => ("", amount),
    };
    let (units, decimals) = amount.split_once('.').unwrap_or((&amount, "00"));
    let units = grouped(units);
    match symbol(&money.currency_code) {
        Some(symbol) => format!("{sign}{symbol}{units}.{decimals}"),
        None => format!("{sign}{units}.{decimals} {}", money.currency_code),
    }
}

fn symbol(currency: &str) -> Option<&'static str> {
    Some(match currency {
        "EUR" => "€",
        "GBP" => "£",
        "USD" => "$",
        _ => return None,
    })
}

/// The digits in groups of three.
fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_read_like_price_tags() {
        let cases = [
            ("EUR", 1_299, 0, "€1,299.00"),
            ("USD", 89, 990_000_000, "$89.99"),
            ("GBP", 1_000_000, 500_000_000, "£1,000,000.50"),
            ("SEK", 449, 0, "449.00 SEK"),
            ("EUR", -5, -250_000_000, "-€5.25"),
        ];
        for (currency, units, nanos, expected) in cases {
            assert_eq!(money(&Money { currency_code: currency.into(), units, nanos }), expected);
        }
    }
}
