//! Amounts of money as text to show, such as `"€1,299.00"`.

use bff_kit::Reading;
use downstream::money::{decimal, known};
use proto::common::Money;

use super::Language;

/// Upper bound on the bytes of a formatted price: enough for a trillion in the longest notation.
pub(crate) const MONEY: i32 = 40;

/// Returns the text of the amount that a service sent, in the language of the request; `None` if it
/// sent none.
pub(crate) fn price(ctx: &impl Reading, amount: Option<&Money>) -> Option<String> {
    known(amount).map(|amount| money(amount, Language::of(ctx.scope())))
}

/// Returns the amount with the symbol of its currency, such as `"€1,299.00"` or `"1.299,00 €"`.
fn money(money: &Money, language: Language) -> String {
    let amount = decimal(money);
    let (sign, amount) = match amount.strip_prefix('-') {
        Some(amount) => ("-", amount),
        None => ("", amount.as_str()),
    };
    let (units, decimals) = amount.split_once('.').unwrap_or((amount, ""));
    let symbol = match money.currency_code.as_str() {
        "EUR" => "€",
        "GBP" => "£",
        "JPY" => "¥",
        "USD" => "$",
        code => code,
    };
    let leads = symbol.chars().count() == 1;
    let (group, point) = match language {
        Language::English => (',', '.'),
        Language::French => ('\u{202f}', ','),
        Language::German => ('.', ','),
    };
    let leads = leads && language == Language::English;
    let mut text = String::with_capacity(2 * amount.len() + symbol.len() + 2);
    text.push_str(sign);
    if leads {
        text.push_str(symbol);
    }
    push_grouped(&mut text, units, group);
    if !decimals.is_empty() {
        text.push(point);
        text.push_str(decimals);
    }
    if !leads {
        text.push('\u{a0}');
        text.push_str(symbol);
    }
    text
}

/// Adds digits in groups of three.
fn push_grouped(text: &mut String, digits: &str, separator: char) {
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_read_like_price_tags() {
        let cases = [
            ("EUR", 1_299, 0, Language::English, "€1,299.00"),
            ("EUR", 1_299, 0, Language::German, "1.299,00\u{a0}€"),
            ("EUR", 1_299, 0, Language::French, "1\u{202f}299,00\u{a0}€"),
            ("USD", 89, 990_000_000, Language::English, "$89.99"),
            ("GBP", 1_000_000, 500_000_000, Language::English, "£1,000,000.50"),
            ("SEK", 449, 0, Language::English, "449.00\u{a0}SEK"),
            ("JPY", 12_800, 0, Language::English, "¥12,800"),
            ("JPY", 12_800, 0, Language::German, "12.800\u{a0}¥"),
            ("EUR", -5, -250_000_000, Language::English, "-€5.25"),
        ];
        for (currency, units, nanos, language, expected) in cases {
            let amount = Money { currency_code: currency.into(), units, nanos };
            assert_eq!(money(&amount, language), expected);
        }
    }
}
