//! The three BFFs keep what every BFF has to keep, over services that the contracts make up; one that lies is found out.

mod dishonest;

use std::panic::catch_unwind;

use bff_test::{Tried, honest};

use crate::support::{Kind, made_up};

/// Asserts that so much was tried, at least.
fn tried(kind: Kind, least: Tried) {
    let tried = honest(&made_up(kind));
    let counts =
        |it: Tried| [it.fields, it.runs, it.failures, it.consequences, it.shared, it.personal, it.ids];
    let is_less = counts(tried).into_iter().zip(counts(least)).any(|(tried, least)| tried < least);
    assert!(!is_less, "{tried:?}");
}

#[test]
fn the_phone_app_is_honest() {
    tried(
        Kind::Mobile,
        Tried { fields: 60, runs: 85, failures: 400, consequences: 400, shared: 400, personal: 5, ids: 7 },
    );
}

#[test]
fn the_web_shop_is_honest() {
    tried(
        Kind::Web,
        Tried {
            fields: 130,
            runs: 125,
            failures: 700,
            consequences: 750,
            shared: 900,
            personal: 10,
            ids: 11,
        },
    );
}

#[test]
fn the_devices_are_honest() {
    tried(
        Kind::Iot,
        Tried { fields: 12, runs: 30, failures: 110, consequences: 180, shared: 100, personal: 1, ids: 4 },
    );
}

#[tokio::test(start_paused = true)]
async fn an_argument_takes_the_value_that_a_test_gives_it() {
    let bff = made_up(Kind::Mobile).with_argument("Query.search(query:)", "\"tea\"");
    let (probes, problems) = bff.probes().await;
    assert!(problems.is_empty(), "{problems:?}");
    let search = probes.iter().find(|probe| probe.coordinate == "Query.search").unwrap();
    assert!(search.query.contains("search(query: \"tea\")"), "{}", search.query);
    let bff = made_up(Kind::Mobile);
    let unknown = catch_unwind(move || bff.with_argument("Query.search(text:)", "\"tea\""));
    assert!(unknown.is_err());
    let bff = made_up(Kind::Mobile);
    let wrong = catch_unwind(move || bff.with_value("shop.catalog.v1.Product.brand", 7.into()));
    assert!(wrong.is_err());
}
