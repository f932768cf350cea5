//! Currencies, by their codes.

use std::fmt;

use rusqlite::{
    ToSql,
    types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef},
};

/// A currency by its three letters of ISO 4217. Any three letters are accepted, because new currencies come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Currency([u8; 3]);

impl Currency {
    /// The currency of the seed and of anything without a price.
    pub(crate) const EURO: Self = Self(*b"EUR");

    /// Reads three capital letters.
    pub(crate) fn parse(code: &str) -> Option<Self> {
        let letters: [u8; 3] = code.as_bytes().try_into().ok()?;
        letters.iter().all(u8::is_ascii_uppercase).then_some(Self(letters))
    }

    /// Decimal places of its smallest unit; two for an unknown currency.
    pub(crate) fn decimals(self) -> usize {
        let known = iso_currency::Currency::from_code(self.code());
        known.and_then(iso_currency::Currency::exponent).map_or(2, usize::from)
    }

    fn code(&self) -> &str {
        std::str::from_utf8(&self.0).expect("capital letters are UTF-8")
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl ToSql for Currency {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.code().to_sql()
    }
}

impl FromSql for Currency {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::parse(value.as_str()?).ok_or(FromSqlError::InvalidType)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_three_capital_letters() {
        assert_eq!(Currency::parse("USD").unwrap().to_string(), "USD");
        for code in ["", "US", "usd", "USDT", "U$D", "ÄB"] {
            assert_eq!(Currency::parse(code), None, "{code:?}");
        }
    }

    #[test]
    fn the_smallest_unit_is_a_hundredth_unless_it_is_not() {
        let decimals = ["EUR", "JPY", "KWD"].map(|code| Currency::parse(code).unwrap().decimals());
        assert_eq!(decimals, [2, 0, 3]);
    }
}
