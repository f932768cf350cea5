//! Amounts of money, exact to the smallest unit of their currency.

use std::fmt;

use tonic::Code;

use crate::{currency::Currency, refusal::Refusal};

/// The largest amount that is read, in the smallest unit: a cart full of such items does not overflow.
const LARGEST: i64 = 1_000_000_000_000_000;

/// Error for a text that is not an amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AmountError {
    /// The text is not a decimal number.
    NoNumber,
    /// The amount has more decimals than the currency.
    TooPrecise(Currency),
    /// The amount is too large to calculate with.
    TooLarge,
    /// The amount is zero.
    Nothing,
}

/// An amount in one currency. A discount leaves at least its smallest unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Money {
    /// The amount in the smallest unit of the currency.
    cents: i64,
    currency: Currency,
}

impl Money {
    /// An amount in the smallest unit of a currency.
    pub(crate) const fn new(cents: i64, currency: Currency) -> Self {
        Self { cents, currency }
    }

    /// An amount in cents of a euro.
    pub(crate) const fn from_cents(cents: i64) -> Self {
        Self::new(cents, Currency::EURO)
    }

    /// The amount in the smallest unit of its currency: cents, where there are cents.
    pub(crate) const fn cents(self) -> i64 {
        self.cents
    }

    /// The currency of the amount.
    pub(crate) const fn currency(self) -> Currency {
        self.currency
    }

    /// The amount times a quantity.
    pub(crate) fn times(self, quantity: i32) -> Self {
        Self { cents: self.cents.saturating_mul(i64::from(quantity)), ..self }
    }

    /// The sum of both amounts. Amounts in two currencies have none: `FAILED_PRECONDITION` with reason
    /// `CURRENCY_MISMATCH`.
    pub(crate) fn plus(self, other: Self) -> Result<Self, Refusal> {
        if self.currency != other.currency {
            let problem = format!("{} and {} do not add up", self.currency, other.currency);
            return Err(Refusal::new(Code::FailedPrecondition, "CURRENCY_MISMATCH", problem));
        }
        Ok(Self { cents: self.cents.saturating_add(other.cents), ..self })
    }

    /// Reads an amount above zero that is written as a decimal number, such as "89.00" or "89".
    pub(crate) fn parse(text: &str, currency: Currency) -> Result<Self, AmountError> {
        let (units, decimals) = text.split_once('.').unwrap_or((text, "0"));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(units) || !is_number(decimals) {
            return Err(AmountError::NoNumber);
        }
        let decimals = decimals.trim_end_matches('0');
        let places = currency.decimals();
        if decimals.len() > places {
            return Err(AmountError::TooPrecise(currency));
        }
        let cents = format!("{units}{decimals:0<places$}").parse::<i64>().ok();
        match cents.filter(|&cents| cents <= LARGEST) {
            None => Err(AmountError::TooLarge),
            Some(0) => Err(AmountError::Nothing),
            Some(cents) => Ok(Self { cents, currency }),
        }
    }

    /// Takes percents off, one after the other. The result is rounded once, half to even, and is at least a cent.
    pub(crate) fn less_percents(self, percents: impl IntoIterator<Item = i32>) -> Self {
        let mut amount = i128::from(self.cents);
        let mut whole = 1_i128;
        for percent in percents {
            amount *= i128::from(100 - percent.clamp(0, 100));
            whole *= 100;
        }
        let cents = i64::try_from(divide_half_even(amount, whole)).unwrap_or(self.cents);
        Self { cents: cents.max(1), ..self }
    }
}

/// The quotient of a dividend that is not negative and a positive divisor, a half rounded to the even neighbour.
fn divide_half_even(amount: i128, by: i128) -> i128 {
    let (quotient, rest) = (amount / by, amount % by);
    match (rest * 2).cmp(&by) {
        std::cmp::Ordering::Less => quotient,
        std::cmp::Ordering::Equal => quotient + quotient % 2,
        std::cmp::Ordering::Greater => quotient + 1,
    }
}

impl From<Money> for proto::common::Money {
    fn from(Money { cents, currency }: Money) -> Self {
        let (mut unit, mut billionths) = (1, 1_000_000_000);
        for _ in 0..currency.decimals() {
            unit *= 10;
            billionths /= 10;
        }
        let nanos =
            i32::try_from(cents % unit * billionths).expect("less than a unit is below 10^9 billionths");
        Self { currency_code: currency.to_string(), units: cents / unit, nanos }
    }
}

impl fmt::Display for AmountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoNumber => f.write_str("is not a decimal number above zero, such as \"89.00\""),
            Self::TooPrecise(currency) => {
                write!(f, "has more than the {} decimals of {currency}", currency.decimals())
            }
            Self::TooLarge => f.write_str("is too large"),
            Self::Nothing => f.write_str("must be above zero"),
        }
    }
}

#[cfg(test)]
mod tests;
