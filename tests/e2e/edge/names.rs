//! Operation names in the log: clients choose them freely.

use bff_kit::DocumentPolicy;
use bff_kit::host::config::LogFormat;
use serde_json::json;

use crate::support::{Logged, Shop, schema_folder};

#[tokio::test]
async fn the_name_of_an_operation_forges_no_line_and_fills_none() {
    let logged = Logged::start(LogFormat::Text);
    let shop = Shop::with(|config| {
        config.operations.folder = Some(schema_folder());
        config.operations.policy = Some(DocumentPolicy::Log);
        config.server.max_batch = 2;
    })
    .await;
    let forged = "x\n2026-11-28T00:00:00Z ERROR access: FORGED LINE client=\"bff-web\"";
    let long = "a".repeat(8_000);
    let named = |name: &str| json!({ "query": "{ __typename }", "operationName": name });
    for name in [forged, "\u{1b}[2J", "ada@shop.example", &long] {
        shop.post(shop.web, named(name), &[]).await.rejected(400);
    }
    shop.post(shop.web, json!([named(forged), named(&long)]), &[]).await;
    // A valid name may be as long as a document.
    let document = format!("query {} {{ __typename }}", "b".repeat(7_000));
    shop.post(shop.web, json!({ "query": document }), &[]).await.whole();
    shop.post(shop.web, json!({ "query": "query Mine_2 { __typename }" }), &[]).await.whole();

    let text = logged.text();
    let is_own = |line: &str| line.starts_with("20") && line.len() < 400;
    assert!(text.lines().all(is_own), "{text}");
    let of_operations = |line: &&str| line.contains(": answered ") || line.contains("is not registered");
    let lines: Vec<_> = text.lines().filter(of_operations).collect();
    // One line for each operation, and one for each that is not registered.
    assert_eq!(lines.len(), 8 + 2, "{text}");
    for word in ["FORGED", "\u{1b}", "ada@", "aaaa", "bbbb"] {
        assert!(!text.contains(word), "{word}: {text}");
    }
    let said = |words: &str| lines.iter().filter(|line| line.contains(words)).count();
    assert_eq!(said("answered - for bff-web"), 7, "{text}");
    assert_eq!(said("answered Mine_2 for bff-web"), 1, "{text}");
    assert_eq!((said("operation - is not"), said("operation Mine_2 is not")), (1, 1), "{text}");
}
