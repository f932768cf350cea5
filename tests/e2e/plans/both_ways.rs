//! Operations run as programs, or by the resolvers of their fields: both ways have one answer.

mod corner;

use bff_test::{Answer, Bff, Break, Opened};
use operation::Runs;
use serde_json::{Value, json};

use super::random::Writer;
use crate::support::{Kind, made_up, preparer};

/// Operations tried for each client, by programs and by resolvers.
const BOTH_WAYS: [(Kind, u32); 3] = [(Kind::Mobile, 1_500), (Kind::Web, 1_500), (Kind::Iot, 500)];

/// Ways in which a call may fail.
const BREAKS: [Break; 8] = [
    Break::Status(14),
    Break::Status(13),
    Break::Status(9),
    Break::Status(5),
    Break::Keys(13),
    Break::Keys(5),
    Break::Unreadable,
    Break::Silent,
];

/// Fields of messages that services may leave out, and values that no client knows.
const SPOILT: [(&str, Value); 6] = [
    ("shop.pricing.v1.Price.customer_price", Value::Null),
    ("shop.reviews.v1.Review.create_time", Value::Null),
    ("shop.orders.v1.Order.total", Value::Null),
    ("shop.carts.v1.Cart.subtotal", Value::Null),
    ("shop.carts.v1.CartItem.line_price", Value::Null),
    ("shop.telemetry.v1.Device.report_interval", Value::Null),
];

/// Opens the BFF of a client over services that its contracts make up, twice: by programs and by resolvers.
fn opened(kind: Kind, spoilt: bool) -> [Opened; 2] {
    let spoil = |bff: Bff, (field, value): &(&str, Value)| bff.with_value(field, value.clone());
    let bff = if spoilt { SPOILT.iter().fold(made_up(kind), spoil) } else { made_up(kind) };
    [true, false].map(|programs| bff.open_with(|config| config.operations.programs = programs))
}

/// The headers of an answer but its time, sorted.
fn headers(answer: &Answer) -> Vec<String> {
    let mut headers: Vec<_> =
        answer.headers.iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
    headers.retain(|header| !header.starts_with("date:"));
    headers.sort();
    headers
}

#[tokio::test(start_paused = true)]
async fn random_queries_answer_the_same_by_programs_and_by_resolvers_whatever_fails() {
    let (mut differing, mut broken_runs, mut programs_run) = (Vec::new(), 0, 0);
    for (kind, operations) in BOTH_WAYS {
        let (sound, spoilt) = (opened(kind, false), opened(kind, true));
        let schema_index = kind.schema_index();
        let preparer = preparer(kind);
        let mut writer = Writer::new(kind, &schema_index);
        let mut left = operations;
        while left > 0 {
            let (query, variables) = writer.query();
            let Ok(plan) = preparer.plan(&query) else { continue };
            left -= 1;
            programs_run += u32::from(plan.runs == Runs::Program);
            let rpcs: Vec<_> =
                plan.waves.iter().flat_map(|wave| &wave.calls).map(|call| call.rpc.clone()).collect();
            let broken = (!rpcs.is_empty() && writer.dice.roll(3) > 0)
                .then(|| (rpcs[writer.pick(rpcs.len())].clone(), BREAKS[writer.pick(BREAKS.len())]));
            let items = [None, None, Some(0), Some(1)][writer.pick(4)];
            let body = json!({ "query": query, "variables": variables });
            let both = if writer.dice.roll(3) == 0 { &spoilt } else { &sound };
            let mut answers = Vec::new();
            for bff in both {
                bff.services().fill_lists(items);
                bff.services().forget_calls();
                if let Some((rpc, how)) = &broken {
                    bff.services().break_rpc(rpc, *how);
                }
                let answer = bff.send(&body, Some("ada"), &[]).await;
                bff.services().mend();
                let mut calls: Vec<_> = bff
                    .services()
                    .calls()
                    .iter()
                    .map(|call| format!("{} {} {:?}", call.rpc, call.keys, call.mask))
                    .collect();
                calls.sort();
                answers.push((answer.status, headers(&answer), answer.text, calls));
            }
            broken_runs += u32::from(broken.is_some());
            if answers[0] != answers[1] {
                differing.push(format!(
                    "{query} {variables} {broken:?} {items:?}\n{:?}\n{:?}",
                    answers[0], answers[1]
                ));
            }
        }
    }
    assert!(
        differing.is_empty(),
        "{} differ:\n{}",
        differing.len(),
        differing[..differing.len().min(8)].join("\n\n")
    );
    assert!(broken_runs > 1_500 && programs_run > 1_000, "{broken_runs} {programs_run}");
}

/// Operations of few fields, or none: what random ones do not come to.
const ODD: [&str; 6] = [
    "{ home @skip(if: true) { name } }",
    "{ __typename }",
    "{ home { name @skip(if: true) } }",
    "query($a: Boolean! = false) { home @include(if: $a) { name } categories { name @include(if: $a) } }",
    "{ products(first: 0) { items { name } endCursor } }",
    "{ a: products(first: 2) { items { reviews(first: 0) { text } } } }",
];

#[tokio::test(start_paused = true)]
async fn operations_of_few_fields_answer_the_same() {
    let both = opened(Kind::Mobile, false);
    for query in ODD {
        let mut answers = Vec::new();
        for bff in &both {
            answers.push(bff.query(query).await.text);
        }
        assert_eq!(answers[0], answers[1], "{query}");
        assert!(answers[0].starts_with("{\"data\":{"), "{query}: {}", answers[0]);
    }
}
