//! Devices that sign in with API keys.

use std::time::Duration;

use bff_kit::identity::{ExposeSecret as _, KeyFile, KeyOrder, KeyPrefix, Scopes};
use http::{StatusCode, header};
use jiff::Timestamp;
use serde_json::json;
use tempfile::TempDir;
use tokio::time::sleep;

use crate::support::{Answer, SHELF, Shop, device_id};

/// A shop whose devices have keys, on a network in memory.
struct Keyed {
    shop: Shop,
    file: KeyFile,
    _folder: TempDir,
}

impl Keyed {
    fn open() -> (Self, String) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys.json");
        let file = KeyFile::new(&path, KeyPrefix::new("shopd").unwrap());
        let key = issue(&file, SHELF.1);
        let shop = Shop::in_memory(move |config| config.sign_in.keys = Some(path.clone()));
        (Self { shop, file, _folder: folder }, key)
    }

    /// Asks for the device of the first shelf.
    async fn device(&self, headers: &[(&str, &str)]) -> Answer {
        let query = json!({ "query": format!("{{ device(id: {:?}) {{ id }} }}", device_id(SHELF.1)) });
        self.shop.post(self.shop.iot, query, headers).await
    }
}

fn issue(file: &KeyFile, device: &str) -> String {
    let order =
        KeyOrder { device: device.to_owned(), label: String::new(), scopes: Scopes::NONE, expires: None };
    file.issue(order, Timestamp::now()).unwrap().key.expose_secret().to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_device_sees_itself_with_its_key_and_nothing_with_that_of_another() {
    let (keyed, key) = Keyed::open();
    let other = issue(&keyed.file, "shelf-0002");
    sleep(Duration::from_secs(1)).await;
    for credential in [("x-api-key", key.clone()), ("authorization", format!("ApiKey {key}"))] {
        let answer = keyed.device(&[(credential.0, &credential.1)]).await.whole();
        assert_eq!(answer.data("/device/id"), &*device_id(SHELF.1));
    }
    let answer = keyed.device(&[("x-api-key", &other)]).await;
    assert!(answer.data("/device").is_null(), "{}", answer.text);
    let subjects: Vec<_> = keyed.shop.domain.calls().list().into_iter().map(|call| call.subject).collect();
    assert!(subjects.iter().all(|it| it == SHELF.1 || it == "shelf-0002"), "{subjects:?}");
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_revoked_is_rejected_within_a_second_and_a_rotated_one_lasts_beside_the_new() {
    let (keyed, key) = Keyed::open();
    let id = keyed.file.list(Timestamp::now()).unwrap()[0].id.clone();
    let rotated = keyed.file.rotate(&id, KeyFile::OVERLAP, Timestamp::now()).unwrap();
    let new = rotated.key.expose_secret().to_owned();
    sleep(Duration::from_secs(1)).await;
    for key in [&key, &new] {
        keyed.device(&[("x-api-key", key)]).await.whole();
    }
    keyed.file.revoke(&id, Timestamp::now()).unwrap();
    sleep(Duration::from_secs(1)).await;
    assert_eq!(keyed.device(&[("x-api-key", &key)]).await.status, StatusCode::UNAUTHORIZED);
    keyed.device(&[("x-api-key", &new)]).await.whole();
}

#[tokio::test(start_paused = true)]
async fn every_bad_key_gets_one_answer_which_says_how_to_sign_in() {
    let (keyed, key) = Keyed::open();
    let altered = format!("{}{}", &key[..key.len() - 1], if key.ends_with('0') { '1' } else { '0' });
    let unknown = {
        let folder = tempfile::tempdir().unwrap();
        issue(&KeyFile::new(folder.path().join("keys.json"), KeyPrefix::new("shopd").unwrap()), SHELF.1)
    };
    let bearer = format!("Bearer {key}");
    let mut answers = Vec::new();
    for headers in [
        [("x-api-key", "")].as_slice(),
        &[("x-api-key", "shopd_made_up")],
        &[("x-api-key", &altered)],
        &[("x-api-key", &unknown)],
        &[("authorization", &bearer)],
        &[("x-api-key", &key), ("authorization", &bearer)],
    ] {
        let answer = keyed.device(headers).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{headers:?}");
        assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "ApiKey error=\"invalid_key\"");
        assert_eq!(answer.errors(), [": UNAUTHENTICATED"]);
        answers.push(answer.text);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(keyed.shop.domain.calls().list().len(), 0);
    // No key at all is no bad one.
    assert!(keyed.device(&[]).await.data("/device").is_null());
}
