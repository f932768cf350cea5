//! Messages are cut to masks, whatever kinds of fields they have, and masks are sent in the names of the contract.

use std::collections::HashMap;

use rpc::{Cut as _, Mask, Method as _};

use super::generated::odd::v1::{Card, GetOddRequest, Kind, Needed, Odd, Part, odd, odd_service};

fn whole() -> Odd {
    #[expect(deprecated, reason = "contracts have such fields")]
    Odd {
        display_name: "Ada".to_owned(),
        nick: Some("ada".to_owned()),
        kind: Kind::Odd.into(),
        counts: HashMap::from([("a".to_owned(), 1)]),
        inner: Some(Box::new(Odd { r#type: "b".to_owned(), kind: 1, ..Odd::default() })),
        list: vec![Odd { r#type: "c".to_owned(), kind: 1, ..Odd::default() }],
        r#type: "a".to_owned(),
        at: Some(prost_types::Timestamp { seconds: 1, nanos: 2 }),
        note: Some("note".to_owned()),
        old: "old".to_owned(),
        payment: Some(odd::Payment::Card(Card { last_four: "1234".to_owned(), brand: "b".to_owned() })),
    }
}

#[track_caller]
fn left(paths: &[&str], expected: &Odd) {
    let mut odd = whole();
    odd.cut(&paths.iter().collect::<Mask>(), "");
    assert_eq!(odd, *expected, "{paths:?}");
}

#[test]
fn fields_of_every_kind_are_cut_to_a_mask() {
    let all = whole();
    left(&["*"], &whole());
    left(&["display_name"], &Odd { display_name: all.display_name, ..Odd::default() });
    left(&["nick", "note"], &Odd { nick: all.nick, note: all.note, ..Odd::default() });
    left(&["kind", "counts"], &Odd { kind: all.kind, counts: all.counts, ..Odd::default() });
    left(&["at.seconds"], &Odd { at: all.at, ..Odd::default() });
    let typed = |name: &str| Odd { r#type: name.to_owned(), ..Odd::default() };
    left(&["inner.type"], &Odd { inner: Some(Box::new(typed("b"))), ..Odd::default() });
    left(&["list.type", "type"], &Odd { list: vec![typed("c")], ..typed("a") });
    // A choice is kept for its own name, and for each of its members.
    for path in ["payment", "card", "card.brand", "cash"] {
        left(&[path], &Odd { payment: whole().payment, ..Odd::default() });
    }
    left(&["unknown"], &Odd::default());
}

#[test]
fn fields_that_are_never_absent_are_emptied() {
    let part = || Part { one: Some("1".to_owned()), other: Some("2".to_owned()) };
    let mut needed = Needed { part: part(), maybe: Some(part()), name: "n".to_owned() };
    needed.cut(&["part.one", "maybe.other"].into_iter().collect(), "");
    let expected = Needed {
        part: Part { other: None, ..part() },
        maybe: Some(Part { one: None, ..part() }),
        name: String::new(),
    };
    assert_eq!(needed, expected);
}

#[test]
fn a_mask_is_sent_in_the_names_of_the_contract() {
    let mut request = GetOddRequest::default();
    let mask: Mask = ["display_name", "inner.display_name", "type"].into_iter().collect();
    odd_service::GetOdd::set_mask(&mut request, Some(mask.to_message()));
    assert_eq!(request.read_mask.unwrap().paths, ["displayName", "inner.displayName", "type"]);
}
