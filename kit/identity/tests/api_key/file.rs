//! The file itself: its content, its mode, and its changes.

use std::time::Duration;

use identity::{ExposeSecret as _, KeyFileError, KeyOrder, KeyState, Scopes};

use crate::support::{DAY, World, after, order, start};

#[test]
fn the_file_holds_hashes_and_no_keys() {
    let world = World::new();
    let issued = world.issue("device-1");
    let text = std::fs::read_to_string(world.path()).unwrap();
    let secret = issued.key.expose_secret().rsplit('_').next().unwrap();
    assert!(text.contains(&issued.report.id) && text.contains("secret_sha256"));
    assert!(!text.contains(secret) && !text.contains(&secret[..30]), "{text}");
    let printed = format!("{issued:?} {} {:?}", issued.report, world.file);
    assert!(!printed.contains(secret), "{printed}");
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::new();
    for device in ["device-1", "device-2"] {
        world.issue(device);
        let mode = std::fs::metadata(world.path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn editors_wait_for_one_another() {
    let world = World::new();
    std::thread::scope(|scope| {
        for editor in 0..4 {
            let file = &world.file;
            scope.spawn(move || {
                for at in 0..10 {
                    file.issue(order(&format!("device-{editor}-{at}")), start()).unwrap();
                }
            });
        }
    });
    assert_eq!(world.file.list(start()).unwrap().len(), 40, "no key was lost");
    let left = std::fs::read_dir(world.path().parent().unwrap()).unwrap().count();
    assert_eq!(left, 2, "the keys and the lock");
}

#[test]
fn orders_that_make_no_sense_are_rejected() {
    let world = World::new();
    let wrong = [
        order(""),
        order("device 1"),
        order(&"d".repeat(129)),
        KeyOrder { label: "two\nlines".to_owned(), ..order("device-1") },
        KeyOrder { expires: Some(start()), ..order("device-1") },
    ];
    for order in wrong {
        assert!(matches!(world.file.issue(order, start()), Err(KeyFileError::Order(_))));
    }
    assert!(!world.path().exists(), "nothing was written");
}

#[test]
fn a_rotated_key_keeps_its_lifetime_and_one_that_is_no_longer_valid_is_not_rotated() {
    let world = World::new();
    let order = KeyOrder { expires: Some(after(30 * DAY)), scopes: Scopes::NONE, ..order("device-1") };
    let old = world.file.issue(order, start()).unwrap().report;
    let new = world.file.rotate(&old.id, 7 * DAY, after(28 * DAY)).unwrap().report;
    assert_eq!(new.expires, Some(after(58 * DAY)));
    assert_eq!((&new.device, &new.label, &new.scopes), (&old.device, &old.label, &old.scopes));
    let listed = world.file.list(after(28 * DAY)).unwrap();
    assert_eq!(listed[0].expires, Some(after(30 * DAY)), "it would have expired sooner anyway");

    let state = |id: &str, now| world.file.rotate(id, DAY, now).unwrap_err();
    assert_eq!(state(&old.id, after(29 * DAY)), KeyFileError::State(old.id.clone(), KeyState::Replaced));
    assert_eq!(state(&old.id, after(31 * DAY)), KeyFileError::State(old.id.clone(), KeyState::Expired));
    world.file.revoke(&new.id, after(31 * DAY)).unwrap();
    assert_eq!(state(&new.id, after(31 * DAY)), KeyFileError::State(new.id.clone(), KeyState::Revoked));
    assert_eq!(state("nobody", start()), KeyFileError::UnknownKey("nobody".to_owned()));
}

#[test]
fn a_report_is_one_line() {
    let world = World::new();
    let order = KeyOrder { expires: Some(after(Duration::from_secs(1))), ..order("device-1") };
    let report = world.file.issue(order, start()).unwrap().report;
    let expected = format!(
        "{}  valid     device-1  expires 2027-01-15T08:00:01Z  scopes readings:write stock:read  # shelf 3",
        report.id
    );
    assert_eq!(report.to_string(), expected);
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!((json["state"].as_str(), json["device"].as_str()), (Some("valid"), Some("device-1")));
}
