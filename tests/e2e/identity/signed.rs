//! Credentials that the BFFs sign with keys of their own.

use std::collections::BTreeMap;
use std::path::PathBuf;

use bff_kit::identity::{CredentialSigner, CredentialSource as _};
use domain_stubs::Options;
use domain_stubs::credential::KeySet;
use http::{Request, header};
use http_body_util::Full;
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ED25519, SignatureAlgorithm};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{ADA, Shop, options};

/// A key, in a file; and the key set that verifies what it has signed.
fn key(folder: &TempDir, name: &str, algorithm: &'static SignatureAlgorithm) -> (PathBuf, String) {
    let pair = KeyPair::generate_for(algorithm).unwrap();
    let file = folder.path().join(name);
    std::fs::write(&file, pair.serialize_pem()).unwrap();
    let signer = CredentialSigner::private(&pair.serialize_der(), "bff-mobile").unwrap();
    (file, signer.key_set().unwrap().to_string())
}

/// A shop whose BFFs sign with one key, and whose services verify that of the phone app's BFF with a key set.
async fn signed(file: PathBuf, key_set: &str) -> Shop {
    let key_sets = BTreeMap::from([("bff-mobile".to_owned(), KeySet::of(key_set))]);
    Shop::built_on(Options { key_sets, ..options(None) }, move |config| {
        config.credential.private_key = Some(file.clone());
    })
    .await
}

#[tokio::test]
async fn services_verify_with_the_key_set_that_the_bff_publishes_and_hold_no_key_that_signs() {
    let folder = tempfile::tempdir().unwrap();
    for (name, algorithm) in [("ed25519.pem", &PKCS_ED25519), ("p256.pem", &PKCS_ECDSA_P256_SHA256)] {
        let (file, key_set) = key(&folder, name, algorithm);
        let shop = signed(file, &key_set).await;
        let cart = serde_json::json!({ "query": "{ cart { count } }" });
        shop.post(shop.mobile, cart.clone(), &[ADA]).await.whole();
        assert!(shop.domain.calls().list().iter().all(|call| call.subject == ADA.1));
        let request = Request::get(format!("http://{}/.well-known/jwks.json", shop.mobile));
        let published = shop.send(request.body(Full::default()).unwrap()).await;
        assert_eq!(published.headers[header::CONTENT_TYPE], "application/json");
        assert_eq!(published.body, serde_json::from_str::<Value>(&key_set).unwrap());
        assert!(!published.text.contains("\"d\""), "{}", published.text);
    }
}

#[tokio::test]
async fn a_key_of_another_bff_signs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (file, _) = key(&folder, "own.pem", &PKCS_ED25519);
    let (_, other) = key(&folder, "other.pem", &PKCS_ED25519);
    let shop = signed(file, &other).await;
    let cart = serde_json::json!({ "query": "{ cart { count } }" });
    assert_eq!(shop.post(shop.mobile, cart, &[ADA]).await.errors(), ["cart: INTERNAL_SERVER_ERROR"]);
    assert!(shop.domain.calls().list().iter().all(|call| call.subject.is_empty()));
}

#[tokio::test]
async fn the_key_that_is_to_sign_next_is_known_before_it_does() {
    let folder = tempfile::tempdir().unwrap();
    let (now, _) = key(&folder, "now.pem", &PKCS_ED25519);
    let (next, key_set) = key(&folder, "next.pem", &PKCS_ECDSA_P256_SHA256);
    let shop = Shop::with(|config| {
        config.credential.private_key = Some(now.clone());
        config.credential.published_keys = vec![next.clone()];
    })
    .await;
    let request = Request::get(format!("http://{}/.well-known/jwks.json", shop.mobile));
    let published = shop.send(request.body(Full::default()).unwrap()).await.body;
    let next: Value = serde_json::from_str(&key_set).unwrap();
    assert_eq!(published["keys"].as_array().unwrap().len(), 2);
    assert_eq!(published["keys"][1], next["keys"][0]);
}
