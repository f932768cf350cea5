//! Released operations keep working.

use std::fs;

use operation::document_hash;
use serde_json::{Value, json};

use super::{FORMS, code, send, shop};
use crate::support::{Kind, Shop, contracts, copied_schema, in_folder, preparer, schema_folder};

#[tokio::test]
async fn every_operation_of_every_release_still_works() {
    let shop = shop(&schema_folder()).await;
    let mut count = 0;
    for kind in Kind::ALL {
        let examples = contracts(kind).examples().unwrap();
        for release in contracts(kind).releases().unwrap() {
            for operation in release.operations {
                let declared = |name: &String| operation.text.contains(&format!("${name}"));
                let variables = examples[&operation.name].variables.as_object().unwrap().clone();
                let variables: Value = variables
                    .into_iter()
                    .filter(|(name, _)| declared(name))
                    .collect::<serde_json::Map<_, _>>()
                    .into();
                let parameters = json!({ "documentId": operation.id, "variables": variables });
                let answer = shop.send(send(&shop, kind, "", &parameters, false)).await;
                assert!(
                    answer.body.get("errors").is_none(),
                    "{kind} {} {}: {}",
                    release.version,
                    operation.name,
                    answer.text
                );
                count += 1;
            }
        }
    }
    assert!(count > 70, "{count}");
}

#[tokio::test]
async fn a_released_operation_keeps_working_when_a_limit_is_tightened() {
    let shop = Shop::with(|config| {
        config.operations.folder = Some(schema_folder());
        config.limits.cost = Some(1);
        config.limits.tokens = Some(5);
    })
    .await;
    for form in FORMS {
        let (id, text, variables) = form.query();
        let with = json!({ "variables": variables });
        shop.send(form.request(&shop, &id, &with, false)).await.whole();
        let own = json!({ "query": text.replacen('{', "{ mine: __typename ", 1), "variables": variables });
        let answer = shop.send(send(&shop, form.client(), "", &own, false)).await;
        assert_eq!(code(&answer).1, "OPERATION_TOO_LARGE", "{form:?}");
    }
}

#[test]
fn a_field_that_a_release_stands_on_cannot_be_removed() {
    let folder = copied_schema();
    let manifests = folder.path().join("mobile/manifests");
    let old = fs::read_to_string(manifests.join("5.0.0.json")).unwrap();
    // The release selects a field that is not there, as if the schema had lost it.
    let text = old.replace("formatted", "removedField");
    assert_ne!(text, old);
    let mut manifest: Value = serde_json::from_str(&text).unwrap();
    for operation in manifest["operations"].as_array_mut().unwrap() {
        operation["id"] = json!(document_hash(operation["body"].as_str().unwrap()));
    }
    fs::write(manifests.join("5.0.0.json"), manifest.to_string()).unwrap();
    let problems = in_folder(folder.path(), Kind::Mobile).check(&preparer(Kind::Mobile));
    let found =
        problems.iter().map(ToString::to_string).find(|it| it.contains("release 5.0.0, Home:")).unwrap();
    assert!(found.contains("removedField") && found.contains("\"Price\""), "{found}");
}
