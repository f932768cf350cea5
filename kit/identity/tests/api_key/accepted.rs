//! Keys that are accepted and rejected.

use http::StatusCode;
use identity::{Actor, ExposeSecret as _, KeyFile, KeyOrder, Principal};

use crate::support::{DAY, World, after, order};

#[tokio::test(start_paused = true)]
async fn a_key_names_its_device_its_scopes_and_its_expiry() {
    let world = World::new();
    let order = KeyOrder { expires: Some(after(DAY)), ..order("device-7") };
    let issued = world.file.issue(order, world.now()).unwrap();
    let server = world.server();
    let key = issued.key.expose_secret();
    for header in [("x-api-key", key.to_owned()), ("authorization", format!("ApiKey {key}"))] {
        let principal = server.headers(&[(header.0, &header.1)]).await.unwrap();
        assert_eq!(principal.actor(), &Actor::Device("device-7".into()));
        assert!(principal.scopes().has("stock:read") && !principal.scopes().has("stock"));
        assert_eq!(principal.expires(), Some(after(DAY)));
    }
    assert_eq!(server.headers(&[]).await.unwrap(), Principal::anonymous());
    tokio::time::advance(DAY).await;
    assert_eq!(server.verdict(&issued).await, "the key has expired");
}

#[tokio::test(start_paused = true)]
async fn each_bad_key_gets_the_one_answer() {
    let world = World::new();
    let (mine, other) = (world.issue("device-1"), world.issue("device-2"));
    let revoked = world.issue("device-3");
    world.file.revoke(&revoked.report.id, world.now()).unwrap();
    let server = world.server();

    let key = mine.key.expose_secret();
    let bearer = format!("Bearer {key}");
    let good = format!("ApiKey {key}");
    let long = "shopd_".repeat(100_000);
    let strange = World::new().issue("device-1").key.expose_secret().to_owned();
    let foreign =
        KeyFile::new(world.path().with_extension("other"), identity::KeyPrefix::new("other").unwrap());
    let foreign = foreign.issue(order("device-1"), world.now()).unwrap().key.expose_secret().to_owned();
    let cases: Vec<(&str, Vec<(&'static str, &str)>)> = vec![
        ("empty", vec![("x-api-key", "")]),
        ("cut", vec![("x-api-key", &key[..50])]),
        ("longer", vec![("x-api-key", &long)]),
        ("a space after", vec![("authorization", "ApiKey  ")]),
        ("of another server", vec![("x-api-key", &foreign)]),
        ("of an unknown id", vec![("x-api-key", &strange)]),
        ("revoked", vec![("x-api-key", revoked.key.expose_secret())]),
        ("a bearer token", vec![("authorization", &bearer)]),
        ("no scheme", vec![("authorization", key)]),
        ("twice", vec![("x-api-key", key), ("x-api-key", key)]),
        ("twice authorization", vec![("authorization", &good), ("authorization", &good)]),
        ("in both headers", vec![("authorization", &good), ("x-api-key", key)]),
        ("of two devices", vec![("authorization", &good), ("x-api-key", other.key.expose_secret())]),
        ("beside another credential", vec![("authorization", "Basic YTpi"), ("x-api-key", key)]),
    ];
    for (case, headers) in cases {
        let challenge = server.headers(&headers).await.expect_err(case);
        assert_eq!(challenge.status(), StatusCode::UNAUTHORIZED, "{case}");
        assert_eq!(challenge.authenticate().unwrap(), "ApiKey error=\"invalid_key\"", "{case}");
        assert!(!format!("{challenge:?}").contains(key), "{case}");
    }
    assert_eq!(server.verdict(&mine).await, "accepted");
}

#[tokio::test(start_paused = true)]
async fn a_wrong_secret_for_a_known_id_is_rejected() {
    let world = World::new();
    let issued = world.issue("device-1");
    let server = world.server();
    // Another file gives the same id to another secret.
    let other = World::new();
    let (text, theirs) = (std::fs::read_to_string(world.path()).unwrap(), other.issue("device-1"));
    let stolen = text.replace(&issued.report.id, &theirs.report.id);
    std::fs::write(world.path(), stolen).unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    assert_eq!(server.verdict(&theirs).await, "the secret of the key is wrong");
}
