//! Amounts of money, exact to the cent.

/// An amount in euros, which is never below one cent once something was taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Money {
    cents: i64,
}

impl Money {
    /// So many cents.
    pub(crate) const fn from_cents(cents: i64) -> Self {
        Self { cents }
    }

    /// The amount in cents.
    pub(crate) const fn cents(self) -> i64 {
        self.cents
    }

    /// So many times the amount.
    pub(crate) fn times(self, quantity: i32) -> Self {
        Self { cents: self.cents.saturating_mul(i64::from(quantity)) }
    }

    /// Both amounts together.
    pub(crate) fn plus(self, other: Self) -> Self {
        Self { cents: self.cents.saturating_add(other.cents) }
    }

    /// Reads an amount above nothing that is written with two decimals, such as "89.00".
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (units, cents) = text.split_once('.')?;
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if cents.len() != 2 || !is_number(units) || !is_number(cents) {
            return None;
        }
        let cents = units.parse::<i64>().ok()?.checked_mul(100)?.checked_add(cents.parse().ok()?)?;
        (cents > 0).then_some(Self { cents })
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
        Self { cents: cents.max(1) }
    }
}

/// Divides what is not negative by what is positive, rounding a half to the even neighbour.
fn divide_half_even(amount: i128, by: i128) -> i128 {
    let (quotient, rest) = (amount / by, amount % by);
    match (rest * 2).cmp(&by) {
        std::cmp::Ordering::Less => quotient,
        std::cmp::Ordering::Equal => quotient + quotient % 2,
        std::cmp::Ordering::Greater => quotient + 1,
    }
}

impl From<Money> for proto::common::Money {
    fn from(Money { cents }: Money) -> Self {
        let nanos = i32::try_from(cents % 100 * 10_000_000).expect("a hundred cents are 10^9 billionths");
        Self { currency_code: "EUR".to_owned(), units: cents / 100, nanos }
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
    fn only_amounts_with_two_decimals_are_read() {
        assert_eq!(Money::parse("89.00"), Some(Money::from_cents(8_900)));
        assert_eq!(Money::parse("0.05"), Some(Money::from_cents(5)));
        for text in ["89", "89.0", "89.000", "-1.00", "+1.00", "1.+1", "0.00", ".50x", "", "1,00"] {
            assert_eq!(Money::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn cents_are_sent_as_billionths() {
        let sent = proto::common::Money::from(Money::from_cents(8_905));
        assert_eq!((sent.units, sent.nanos), (89, 50_000_000));
    }
}
