//! Changes of the file, as a server sees them.

use std::time::Duration;

use identity::{KeyFile, KeyRing, KeyState};
use tokio::time::{advance, sleep};

use crate::support::{DAY, World, after};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn a_revoked_key_is_rejected_within_a_second() {
    let world = World::new();
    let (lost, other) = (world.issue("device-1"), world.issue("device-2"));
    let server = world.server();
    sleep(Duration::from_millis(12_345)).await;
    assert_eq!(server.verdict(&lost).await, "accepted");

    let report = world.file.revoke(&lost.report.id, world.now()).unwrap();
    assert_eq!((report.state, report.revoked), (KeyState::Revoked, Some(world.now())));
    sleep(SECOND).await;
    assert_eq!(server.verdict(&lost).await, "the key was revoked");
    assert_eq!(server.verdict(&other).await, "accepted");

    let again = world.file.revoke(&lost.report.id, world.now()).unwrap();
    assert_eq!(again.revoked, report.revoked, "the first time counts");
}

#[tokio::test(start_paused = true)]
async fn two_keys_of_a_rotation_are_accepted_until_the_overlap_is_over() {
    let world = World::new();
    let old = world.issue("device-1");
    let server = world.server();
    let new = world.file.rotate(&old.report.id, KeyFile::OVERLAP, world.now()).unwrap();
    sleep(SECOND).await;
    assert_eq!([server.verdict(&old).await, server.verdict(&new).await], ["accepted"; 2]);
    assert_eq!(server.key(&old).await, server.key(&new).await, "one device with the same scopes");

    let listed = world.file.list(world.now()).unwrap();
    assert_eq!(listed[0].state, KeyState::Replaced);
    assert_eq!(listed[0].replaced_by.as_ref(), Some(&new.report.id));
    assert_eq!(listed[0].expires, Some(after(7 * DAY)));
    assert!(world.file.rotate(&old.report.id, DAY, world.now()).is_err(), "a third one would be too many");

    // Slept through, the watch would look a million times.
    advance(7 * DAY).await;
    assert_eq!(server.verdict(&old).await, "the key has expired");
    assert_eq!(server.verdict(&new).await, "accepted");
}

#[tokio::test(start_paused = true)]
async fn a_broken_file_leaves_the_keys_as_they_were() {
    let world = World::new();
    let (first, second) = (world.issue("device-1"), world.issue("device-2"));
    let server = world.server();
    let good = std::fs::read_to_string(world.path()).unwrap();
    let halves = good.split_at(good.len() / 2).0;
    let doubled = good.replace(&second.report.id, &first.report.id);
    for broken in ["", "{}", "[]", halves, &doubled, &good.replace("\"version\": 1", "\"version\": 2")] {
        std::fs::write(world.path(), broken).unwrap();
        sleep(SECOND).await;
        assert_eq!(server.verdict(&first).await, "accepted", "{broken}");
        assert!(world.file.revoke(&first.report.id, world.now()).is_err(), "{broken}");
        assert!(KeyRing::open(world.file.clone()).is_err(), "a server does not start: {broken}");
    }
    std::fs::remove_file(world.path()).unwrap();
    sleep(SECOND).await;
    assert_eq!(server.verdict(&first).await, "accepted", "a missing file revokes nothing");

    std::fs::write(world.path(), &good).unwrap();
    world.file.revoke(&first.report.id, world.now()).unwrap();
    sleep(SECOND).await;
    assert_eq!(server.verdict(&first).await, "the key was revoked");
    assert_eq!(server.verdict(&second).await, "accepted");
}

#[tokio::test(start_paused = true)]
async fn a_key_that_is_issued_while_the_server_runs_is_accepted_within_a_second() {
    let world = World::new();
    world.issue("device-1");
    let server = world.server();
    let late = world.issue("device-2");
    assert_eq!(server.verdict(&late).await, "no key has this id");
    sleep(SECOND).await;
    assert_eq!(server.verdict(&late).await, "accepted");
}
