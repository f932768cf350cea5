//! One line of a foreign catalogue, checked.

use serde::Deserialize;
use serde_json::Value;

use crate::{currency::Currency, money::Money};

/// Longest stock keeping unit in characters, so that an identifier can be made of it.
const LONGEST_SKU: usize = 100;

/// Longest description in bytes, as clients expect.
const LONGEST_DESCRIPTION: usize = 8_000;

/// A product as a foreign catalogue describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    /// Stock keeping unit, its identifier in that catalogue.
    pub(super) sku: String,
    pub(super) name: String,
    pub(super) brand: String,
    pub(super) category: String,
    pub(super) description: String,
    pub(super) price: Money,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    sku: String,
    name: String,
    brand: String,
    category: String,
    description: String,
    price: Price,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Price {
    currency: String,
    amount: String,
}

impl Item {
    /// Reads a line without its end; the error is for the person who corrects the line.
    pub(super) fn parse(line: &[u8]) -> Result<Self, String> {
        let line = std::str::from_utf8(line)
            .map_err(|error| format!("is not UTF-8 from byte {} on", error.valid_up_to() + 1))?;
        check_shape(line)?;
        let mut json = serde_json::Deserializer::from_str(line);
        let line: Line = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let problem = without_place(error.inner());
            match error.path().to_string().as_str() {
                "." => problem,
                path => format!("{path}: {problem}"),
            }
        })?;
        line.check()
    }
}

impl Line {
    fn check(self) -> Result<Item, String> {
        let Self { sku, name, brand, category, description, price } = self;
        for (field, text) in [("sku", &sku), ("name", &name), ("category", &category)] {
            if text.trim().is_empty() {
                return Err(format!("{field}: must not be empty"));
            }
        }
        if sku.chars().count() > LONGEST_SKU {
            return Err(format!("sku: must not be longer than {LONGEST_SKU} characters"));
        }
        if description.len() > LONGEST_DESCRIPTION {
            return Err(format!("description: must not be longer than {LONGEST_DESCRIPTION} bytes"));
        }
        let currency = Currency::parse(&price.currency).ok_or_else(|| {
            format!("price.currency: {:?} is not three capital letters, such as \"USD\"", price.currency)
        })?;
        let price = Money::parse(&price.amount, currency)
            .map_err(|error| format!("price.amount: {:?} {error}", price.amount))?;
        Ok(Item { sku, name, brand, category, description, price })
    }
}

/// Rejects a line that is not JSON, and lists in place of objects, which serde would accept.
fn check_shape(line: &str) -> Result<(), String> {
    let value: Value = serde_json::from_str(line)
        .map_err(|error| format!("is not JSON: {} at column {}", without_place(&error), error.column()))?;
    let object = value.as_object().ok_or("is not a JSON object")?;
    match object.get("price") {
        Some(price) if !price.is_object() => {
            Err("price: must be an object with currency and amount".to_owned())
        }
        _ => Ok(()),
    }
}

/// The text of an error without its position: for serde every line is the first.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    text.strip_suffix(&place).map(str::to_owned).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"sku": "A-1", "name": "Tente légère", "brand": "", "category": "Camping",
        "description": "", "price": {"currency": "CHF", "amount": "249.5"}}"#;

    #[test]
    fn a_line_is_read_to_the_letter() {
        let item = Item::parse(LINE.as_bytes()).unwrap();
        assert_eq!((item.name.as_str(), item.category.as_str()), ("Tente légère", "Camping"));
        assert_eq!((item.price.cents(), item.price.currency().to_string().as_str()), (24_950, "CHF"));
    }

    #[test]
    fn a_bad_line_says_what_is_wrong_with_it() {
        for (from, to, reason) in [
            ("\"A-1\",", "\"A-1\"", "is not JSON: expected `,` or `}` at column 15"),
            (LINE, "[1]", "is not a JSON object"),
            (LINE, "null", "is not a JSON object"),
            (LINE, "{}", "missing field `sku`"),
            ("\"brand\": \"\",", "", "missing field `brand`"),
            (
                "\"brand\"",
                "\"colour\": 1, \"brand\"",
                "colour: unknown field `colour`, expected one of `sku`, `name`, `brand`, `category`, `description`, `price`",
            ),
            ("\"name\"", "\"sku\": \"A-2\", \"name\"", "duplicate field `sku`"),
            ("\"Tente légère\"", "\" \"", "name: must not be empty"),
            ("A-1", "", "sku: must not be empty"),
            ("\"Tente légère\"", "7", "name: invalid type: integer `7`, expected a string"),
            ("\"249.5\"", "249.5", "price.amount: invalid type: floating point `249.5`, expected a string"),
            (
                "249.5",
                "-1.00",
                "price.amount: \"-1.00\" is not a decimal number above zero, such as \"89.00\"",
            ),
            ("249.5", "249.505", "price.amount: \"249.505\" has more than the 2 decimals of CHF"),
            ("249.5", "0", "price.amount: \"0\" must be above zero"),
            ("CHF", "sfr.", "price.currency: \"sfr.\" is not three capital letters, such as \"USD\""),
            (
                "{\"currency\": \"CHF\", \"amount\": \"249.5\"}",
                "[\"CHF\", \"249.5\"]",
                "price: must be an object with currency and amount",
            ),
        ] {
            let line = LINE.replacen(from, to, 1);
            assert_ne!(line, LINE, "{from:?} is not in the line");
            assert_eq!(Item::parse(line.as_bytes()), Err(reason.to_owned()), "{line}");
        }
        let long = LINE.replace("A-1", &"ü".repeat(101));
        assert_eq!(
            Item::parse(long.as_bytes()),
            Err("sku: must not be longer than 100 characters".to_owned())
        );
        assert_eq!(Item::parse(b"{\"sku\": \"\xff\"}"), Err("is not UTF-8 from byte 10 on".to_owned()));
    }
}
