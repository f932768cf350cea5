//! The values of headers, read by a parser of structured fields.

use std::time::Duration;

use http::{HeaderMap, HeaderValue};
use quota::{Decision, Limiter, Quota, RATE_LIMIT, RATE_LIMIT_POLICY};
use sfv::{BareItem, List, ListEntry, Parser};
use tokio::time::advance;

use crate::support::{MINUTE, device, quota};

/// The name and the integers of the one member of a list.
fn parsed(value: &HeaderValue) -> (String, Vec<(String, i64)>) {
    let list: List = Parser::new(value.as_bytes()).parse().unwrap();
    let [ListEntry::Item(item)] = &list[..] else { panic!("one item: {value:?}") };
    let BareItem::String(name) = &item.bare_item else { panic!("a string: {value:?}") };
    let integer = |it: &BareItem| match it {
        BareItem::Integer(integer) => i64::from(*integer),
        other => panic!("an integer: {other:?}"),
    };
    let parameters = item.params.iter().map(|(name, it)| (name.as_str().to_owned(), integer(it)));
    (name.as_str().to_owned(), parameters.collect())
}

fn of(name: &str, parameters: [(&str, i64); 2]) -> (String, Vec<(String, i64)>) {
    (name.to_owned(), parameters.map(|(name, value)| (name.to_owned(), value)).to_vec())
}

#[test]
fn a_policy_says_its_name_units_and_window() {
    let header = quota(100).policy_header();
    assert_eq!(header, "\"devices\";q=6000;w=60");
    assert_eq!(parsed(&header), of("devices", [("q", 6_000), ("w", 60)]));
    let largest = Quota::new("A-z_0.9", u32::MAX, Duration::from_hours(24 * 99)).unwrap();
    assert_eq!(parsed(&largest.policy_header()), of("A-z_0.9", [("q", 4_294_967_295), ("w", 8_553_600)]));
}

#[tokio::test(start_paused = true)]
async fn a_limit_says_what_remains_and_when_it_is_whole() {
    let limiter = Limiter::new(Quota::new("devices", 60, MINUTE).unwrap());
    let header = |decision: Decision| decision.limit_header(limiter.quota());
    let first = limiter.charge_here(device(1), 10);
    assert_eq!(header(first), "\"devices\";r=50;t=10");
    assert_eq!(first.retry_after_header(), None);
    assert_eq!(header(limiter.charge_here(device(1), 50)), "\"devices\";r=0;t=60");

    advance(Duration::from_millis(1)).await;
    let exhausted = limiter.charge_here(device(1), 2);
    assert_eq!(parsed(&header(exhausted)), of("devices", [("r", 0), ("t", 60)]), "59.999 s, rounded up");
    assert_eq!(exhausted.retry_after(), Some(Duration::from_millis(1_999)));
    assert_eq!(exhausted.retry_after_header().unwrap(), "2");

    advance(Duration::from_millis(1_998)).await;
    let almost = limiter.charge_here(device(1), 2);
    assert_eq!(almost.retry_after_header().unwrap(), "1", "a retry at once would fail");
    assert_eq!(header(almost), "\"devices\";r=1;t=59");
}

#[tokio::test(start_paused = true)]
async fn a_response_tells_of_several_quotas() {
    let quotas = [quota(100), Quota::new("daily", 1_000_000, Duration::from_hours(24)).unwrap()];
    let mut headers = HeaderMap::new();
    for quota in quotas {
        let limiter = Limiter::new(quota);
        let decision = limiter.charge_here(device(1), 10);
        headers.append(RATE_LIMIT_POLICY, limiter.quota().policy_header());
        headers.append(RATE_LIMIT, decision.limit_header(limiter.quota()));
    }
    for name in ["RateLimit-Policy", "RateLimit"] {
        let values = headers.get_all(name).iter().map(|value| parsed(value).0);
        assert_eq!(values.collect::<Vec<_>>(), ["devices", "daily"]);
    }
}
