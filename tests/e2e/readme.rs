//! The documents hold: their queries return their answers, and their figures are measured.

use serde_json::{Value, json};

use crate::support::{ADA, Answer, Kind, SHELF, Shop, contracts};

/// The blocks of a document: the text after the three backquotes, and the block itself.
pub(crate) fn blocks(file: &str) -> Vec<(String, String)> {
    let path = format!("{}/../{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let blocks = text.split("```").skip(1).step_by(2);
    blocks
        .filter_map(|block| block.split_once('\n'))
        .map(|(kind, text)| (kind.to_owned(), text.to_owned()))
        .collect()
}

/// The client of a block, and the headers that sign in whom it names.
fn client(block: &str) -> Option<(Kind, Vec<(&'static str, &'static str)>)> {
    let mut words = block.strip_prefix("graphql ")?.split(' ');
    let kind = words.next()?;
    let kind = Kind::ALL.into_iter().find(|known| known.to_string() == kind)?;
    let header = |word: &str| match word {
        "as=ada" => ADA,
        "as=shelf" => SHELF,
        other => panic!("{other} is nobody"),
    };
    Some((kind, words.map(header).collect()))
}

async fn send(shop: &Shop, kind: Kind, query: &str, headers: &[(&str, &str)]) -> Answer {
    let to = match kind {
        Kind::Mobile => shop.mobile,
        Kind::Web => shop.web,
        Kind::Iot => shop.iot,
    };
    shop.post(to, json!({ "query": query }), headers).await
}

/// Moments at which a reader may open a shop to try the documents.
const MOMENTS: [&str; 3] = ["2024-02-29T23:59:59Z", "2025-11-05T08:01:02.5Z", "2026-06-01T12:00:00Z"];

#[tokio::test]
async fn the_queries_of_the_readme_give_its_answers() {
    for moment in MOMENTS {
        the_readme_is_answered(&Shop::opened_at(moment).await).await;
    }
}

async fn the_readme_is_answered(shop: &Shop) {
    let mut pasted = 0;
    for pair in blocks("README.md").windows(2) {
        let Some((kind, headers)) = client(&pair[0].0) else { continue };
        let expected: Value = serde_json::from_str(&pair[1].1).unwrap();
        let query = &pair[0].1;
        let answer = send(shop, kind, query, &headers).await;
        assert_eq!(answer.body, expected, "{query}");
        pasted += 1;
    }
    assert_eq!(pasted, 4);
}

/// Returns true if a document shows this answer, with `"…"` in place of any value or the rest of a list.
fn shows(shown: &Value, answer: &Value) -> bool {
    let rest = Value::from("…");
    match (shown, answer) {
        (shown, _) if *shown == rest => true,
        (Value::Object(shown), Value::Object(answer)) => {
            shown.len() == answer.len()
                && shown.iter().all(|(key, shown)| answer.get(key).is_some_and(|answer| shows(shown, answer)))
        }
        (Value::Array(shown), Value::Array(answer)) => {
            let (shown, longer) = match shown.split_last() {
                Some((last, before)) if *last == rest => (before, true),
                _ => (shown.as_slice(), false),
            };
            (longer || shown.len() == answer.len())
                && shown.len() <= answer.len()
                && shown.iter().zip(answer).all(|(shown, answer)| shows(shown, answer))
        }
        (shown, answer) => shown == answer,
    }
}

#[tokio::test]
async fn the_bytes_and_calls_of_the_three_clients_are_those_measured() {
    for moment in MOMENTS {
        the_three_clients_are_answered(&Shop::opened_at(moment).await).await;
    }
}

async fn the_three_clients_are_answered(shop: &Shop) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/clients.md");
    let document = std::fs::read_to_string(path).unwrap();
    let mut measured = 0;
    for pair in blocks("docs/clients.md").windows(2) {
        let [(block, query), (_, shown)] = pair else { continue };
        let Some((kind, headers)) = client(block) else { continue };
        shop.domain.calls().clear();
        let answer = send(shop, kind, query, &headers).await.whole();
        let shown: Value = serde_json::from_str(shown).unwrap();
        assert!(shows(&shown, &answer.body), "docs/clients.md: {kind} answers {}", answer.text);
        let row = format!("| {kind} | {} | {} |", answer.text.len(), shop.domain.calls().list().len());
        assert!(document.contains(&row), "docs/clients.md must say: {row}");
        measured += 1;
    }
    assert_eq!(measured, 3);
}

#[test]
fn the_page_about_plans_shows_a_plan_that_is_there() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let read = |file: &str| std::fs::read_to_string(root.join(file)).unwrap();
    let plan = std::fs::read_to_string(contracts(Kind::Mobile).plan_path("Home")).unwrap();
    let page = read("docs/plans.md");
    let shown: Vec<_> =
        page.split("```text\n").skip(1).map(|block| block.split("\n```").next().unwrap()).collect();
    assert_eq!(shown.len(), 2);
    for block in shown {
        assert!(plan.contains(block), "docs/plans.md shows what Home.plan does not say:\n{block}");
    }
}
