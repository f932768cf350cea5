//! Manifests that come and go while a server runs.

use std::fs;

use bff_kit::host::config::Config;
use http::StatusCode;
use operation::document_hash;
use serde_json::json;

use super::{FORMS, Form, code, loads, metrics, shop, until};
use crate::support::{Answer, Kind, copied_schema};

#[tokio::test]
async fn manifests_that_come_while_the_server_runs_are_taken_unless_they_do_not_fit() {
    let folder = copied_schema();
    let shop = shop(folder.path()).await;
    for form in FORMS.into_iter().filter(|form| *form != Form::Persisted) {
        let manifests = folder.path().join(form.client().to_string()).join("manifests");
        let text = "query New { __typename }".to_owned();
        let (id, manifest) = match form {
            Form::Short => ("77".to_owned(), json!({ "77": text })),
            _ => (document_hash(&text), json!({ document_hash(&text): text })),
        };
        let by_id = || form.request(&shop, &id, &json!({}), false);
        if form != Form::Path {
            // The path finds the document that was registered for the previous form.
            assert_eq!(code(&shop.send(by_id()).await).0, 404);
            fs::write(manifests.join("9.0.0.relay.json"), manifest.to_string()).unwrap();
        }
        let taken = until(&shop, by_id, |answer| answer.body.get("data").is_some()).await;
        assert_eq!(taken.data("/__typename"), "Query");

        // A manifest that does not fit the schema is not loaded, and keeps all others as they are.
        let bad = "query Bad { nothingOfThisName }".to_owned();
        let bad_id = if form == Form::Short { "78".to_owned() } else { document_hash(&bad) };
        fs::write(manifests.join("9.1.0.relay.json"), json!({ bad_id.clone(): bad }).to_string()).unwrap();
        let gone = manifests.join("9.0.0.relay.json");
        if form == Form::Path {
            fs::remove_file(&gone).unwrap();
        }
        let (known, _, variables) = form.query();
        let metrics = || metrics(&shop, form.client());
        let rejected =
            |answer: &Answer| !answer.text.contains("bff_manifest_loads_total{result=\"refused\"} 0\n");
        until(&shop, metrics, rejected).await;
        let request = form.request(&shop, &known, &json!({ "variables": variables }), false);
        shop.send(request).await.whole();
        let answer = shop.send(form.request(&shop, &bad_id, &json!({}), false)).await;
        assert_eq!(code(&answer), (404, "PERSISTED_QUERY_NOT_IN_LIST"));
        assert!(shop.send(by_id()).await.body.get("data").is_some());
        fs::remove_file(manifests.join("9.1.0.relay.json")).unwrap();
        if form == Form::Path {
            // The folder is valid again, and documents that left it are gone.
            until(&shop, by_id, |answer| answer.status == StatusCode::NOT_FOUND).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_fails_while_manifests_come_and_go() {
    let folder = copied_schema();
    let shop = shop(folder.path()).await;
    let manifests = folder.path().join("mobile/manifests");
    let metrics = || metrics(&shop, Kind::Mobile);
    let (known, _, variables) = Form::DocumentId.query();
    let changing = async {
        for round in 0..50 {
            let [taken, _] = loads(&shop.send(metrics()).await);
            let text = format!("query New {{ a{round}: __typename }}");
            let manifest = json!({ document_hash(&text): text });
            fs::write(manifests.join("9.0.0.relay.json"), manifest.to_string()).unwrap();
            until(&shop, metrics, |answer| loads(answer)[0] > taken).await;
        }
        // A deployment replaces the folder, and another one fails half way.
        let away = folder.path().join("mobile/away");
        for leaves_empty in [false, true] {
            let [taken, rejected] = loads(&shop.send(metrics()).await);
            fs::rename(&manifests, &away).unwrap();
            until(&shop, metrics, |answer| loads(answer)[1] > rejected).await;
            if leaves_empty {
                fs::create_dir(&manifests).unwrap();
                until(&shop, metrics, |answer| loads(answer)[1] > rejected + 1).await;
                fs::remove_dir(&manifests).unwrap();
            }
            fs::rename(&away, &manifests).unwrap();
            until(&shop, metrics, |answer| loads(answer)[0] > taken).await;
        }
    };
    let mut changing = std::pin::pin!(changing);
    let mut answered = 0;
    loop {
        let body = json!({ "variables": variables });
        let request = Form::DocumentId.request(&shop, &known, &body, false);
        tokio::select! {
            () = &mut changing => break,
            answer = shop.send(request) => {
                answer.whole();
                answered += 1;
            }
        }
    }
    assert!(answered > 50, "{answered}");
}

#[tokio::test]
async fn a_server_does_not_start_without_the_manifests_it_is_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = Config::development();
    config.operations.folder = Some(folder.path().to_owned());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let served = bff_kit::host::Server::new(config).serve(
        bff_mobile::client(),
        listener,
        bff_kit::host::Tcp,
        std::future::pending(),
    );
    let error = served.await.unwrap_err().to_string();
    assert!(error.contains("operations.folder") && error.contains("manifests: cannot be read: "), "{error}");
}
