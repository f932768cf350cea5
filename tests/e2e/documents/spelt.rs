//! A registered document in a client's own spelling.

use std::fs;

use bff_kit::DocumentPolicy;
use http::header;
use operation::document_hash;
use serde_json::{Value, json};

use super::{Form, code, metrics, send, until};
use crate::support::{Answer, Kind, Shop, copied_schema, schema_folder};

/// Spellings of one document, as clients, editors and proxies write it.
fn spellings(text: &str) -> Vec<String> {
    vec![
        format!("{text}\n"),
        text.replace('\n', "\r\n"),
        format!("# The product page.\n{text}"),
        text.replacen('{', "{ ", 1),
        text.split_whitespace().collect::<Vec<_>>().join(" "),
        format!("\u{feff}{}", text.replace('\n', "\n,\n")),
    ]
}

async fn run(shop: &Shop, query: &str, more: Value) -> Answer {
    let mut parameters = json!({ "query": query, "variables": Form::DocumentId.query().2 });
    for (name, value) in more.as_object().unwrap() {
        parameters[name] = value.clone();
    }
    shop.send(send(shop, Kind::Mobile, "", &parameters, false)).await
}

async fn counted(shop: &Shop) -> u64 {
    let metrics = shop.send(metrics(shop, Kind::Mobile)).await.text;
    let count = metrics.lines().find_map(|line| line.strip_prefix("bff_unregistered_operations_total "));
    count.unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_registered_document_is_known_by_its_tokens() {
    let schema = schema_folder();
    let (_, text, _) = Form::DocumentId.query();
    for policy in [DocumentPolicy::Open, DocumentPolicy::Log, DocumentPolicy::Registered] {
        let shop = Shop::with(|config| {
            config.operations.folder = Some(schema.clone());
            config.operations.policy = Some(policy);
            // Registered documents keep the limits under which they were released.
            config.limits.cost = Some(1);
        })
        .await;
        let expected = run(&shop, &text, json!({})).await.whole().text;
        for spelt in spellings(&text) {
            assert_ne!(spelt, text);
            assert_eq!(run(&shop, &spelt, json!({})).await.whole().text, expected, "{spelt}");
            assert_eq!(
                run(&shop, &spelt, json!({ "operationName": "Product" })).await.whole().text,
                expected
            );
            let hash = json!({ "persistedQuery": { "version": 1, "sha256Hash": document_hash(&spelt) } });
            assert_eq!(run(&shop, &spelt, json!({ "extensions": hash })).await.whole().text, expected);
            // The answer to a GET is as cacheable as by id.
            let parameters = json!({ "query": spelt, "variables": Form::DocumentId.query().2 });
            let by_get = shop.send(send(&shop, Kind::Mobile, "", &parameters, true)).await.whole();
            assert_eq!(by_get.text, expected);
            assert!(by_get.headers.contains_key(header::ETAG));
        }
        assert_eq!(counted(&shop).await, 0);
        let other = run(&shop, &text.replacen('{', "{ other: __typename ", 1), json!({})).await;
        let expected = match policy {
            DocumentPolicy::Registered => (403, "QUERY_NOT_IN_SAFELIST"),
            _ => (200, "OPERATION_TOO_LARGE"),
        };
        assert_eq!(code(&other), expected);
    }
}

/// A hash stands for a registered document as long as that is registered, and afterwards for the text it was sent with.
#[tokio::test]
async fn a_spelling_that_was_kept_is_registered_as_long_as_its_document() {
    let folder = copied_schema();
    let operations = folder.path().to_owned();
    let shop = Shop::with(move |config| {
        config.operations.folder = Some(operations.clone());
        config.operations.reload_ms = 20;
        config.operations.policy = Some(DocumentPolicy::Log);
    })
    .await;
    let manifest = folder.path().join("mobile/manifests/9.0.0.relay.json");
    let text = "query New { __typename }";
    fs::write(&manifest, json!({ document_hash(text): text }).to_string()).unwrap();
    let by_id = || send(&shop, Kind::Mobile, "", &json!({ "documentId": document_hash(text) }), false);
    until(&shop, by_id, |answer| answer.body.get("data").is_some()).await;

    let spelt = "query New {__typename}";
    let hash = json!({ "persistedQuery": { "version": 1, "sha256Hash": document_hash(spelt) } });
    let sent = json!({ "query": spelt, "extensions": hash });
    shop.send(send(&shop, Kind::Mobile, "", &sent, false)).await.whole();
    let again = || send(&shop, Kind::Mobile, "", &json!({ "extensions": hash }), false);
    shop.send(again()).await.whole();
    assert_eq!(counted(&shop).await, 0);
    fs::remove_file(&manifest).unwrap();
    until(&shop, by_id, |answer| answer.body.get("data").is_none()).await;
    shop.send(again()).await.whole();
    assert_eq!(counted(&shop).await, 1);
}
