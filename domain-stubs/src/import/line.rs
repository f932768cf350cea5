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
mod tests;
