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
