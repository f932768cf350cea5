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
mod tests {
    use super::*;

    fn less(cents: i64, percents: &[i32]) -> i64 {
        Money::from_cents(cents).less_percents(percents.iter().copied()).cents()
    }

    #[test]
    fn halves_are_rounded_to_the_even_cent() {
        assert_eq!(less(250, &[1]), 248, "247.5");
        assert_eq!(less(350, &[1]), 346, "346.5");
        assert_eq!(less(10, &[25]), 8, "7.5");
        assert_eq!(less(10, &[15]), 8, "8.5");
        assert_eq!(less(999, &[10]), 899, "899.1");
    }

    #[test]
    fn several_percents_are_rounded_once_at_the_end() {
        assert_eq!(less(3, &[50, 50]), 1, "0.75; 2 and then 1 when rounded twice");
        assert_eq!(less(8_900, &[20, 5]), 6_764);
        assert_eq!(less(8_900, &[5, 20]), 6_764);
    }

    #[test]
    fn nothing_costs_less_than_a_cent() {
        assert_eq!(less(1, &[90]), 1);
        assert_eq!(less(1, &[90, 90, 90]), 1);
    }

    #[test]
    fn no_percent_changes_nothing() {
        assert_eq!(less(8_900, &[]), 8_900);
    }

    #[test]
    fn amounts_are_read_to_the_smallest_unit_of_their_currency() {
        let parse = |text, code| Money::parse(text, Currency::parse(code).unwrap()).map(Money::cents);
        assert_eq!(parse("89.00", "EUR"), Ok(8_900));
        assert_eq!(parse("89", "EUR"), Ok(8_900));
        assert_eq!(parse("89.5", "USD"), Ok(8_950));
        assert_eq!(parse("0.05", "GBP"), Ok(5));
        assert_eq!(parse("1200.00", "JPY"), Ok(1_200));
        assert_eq!(parse("1.234", "KWD"), Ok(1_234));
        assert_eq!(parse("1.5", "KWD"), Ok(1_500));
        for text in ["-1.00", "+1.00", "1.+1", ".50", "5.", "", "1,00", "1e3", " 1", "١"] {
            assert_eq!(parse(text, "EUR"), Err(AmountError::NoNumber), "{text:?}");
        }
        assert!(matches!(parse("1.005", "EUR"), Err(AmountError::TooPrecise(_))));
        assert!(matches!(parse("1.5", "JPY"), Err(AmountError::TooPrecise(_))));
        assert_eq!(parse("0.00", "EUR"), Err(AmountError::Nothing));
        for text in ["99999999999999999999999", "10000000000000.01"] {
            assert_eq!(parse(text, "EUR"), Err(AmountError::TooLarge), "{text:?}");
        }
    }

    #[test]
    fn what_is_left_of_a_unit_is_sent_as_billionths() {
        let sent = |cents, code| {
            let money = proto::common::Money::from(Money::new(cents, Currency::parse(code).unwrap()));
            (money.currency_code, money.units, money.nanos)
        };
        assert_eq!(sent(8_905, "EUR"), ("EUR".to_owned(), 89, 50_000_000));
        assert_eq!(sent(1_200, "JPY"), ("JPY".to_owned(), 1_200, 0));
        assert_eq!(sent(1_234, "KWD"), ("KWD".to_owned(), 1, 234_000_000));
    }

    #[test]
    fn amounts_in_two_currencies_have_no_sum() {
        let (euro, dollar) = (Money::from_cents(1), Money::new(1, Currency::parse("USD").unwrap()));
        assert_eq!(euro.plus(euro).unwrap(), Money::from_cents(2));
        assert_eq!(euro.plus(dollar).unwrap_err().code(), Code::FailedPrecondition);
    }
}
