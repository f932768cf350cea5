//! The command line, which every BFF has alike.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::net::TcpListener;
use std::process::{Command, Output, Stdio};

fn bff(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bff-mobile"));
    command.args(arguments).stdin(Stdio::null());
    command
}

fn complaint(output: &Output) -> String {
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(output.stdout.is_empty());
    said
}

#[test]
fn a_bad_setting_ends_with_64_and_one_line_that_names_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bff.toml");
    std::fs::write(&file, "mode = \"development\"\n[server]\nlisten = \"127.0.0.1:0\"\nlisten_on = 1\n")
        .unwrap();
    let broken = folder.path().join("broken.toml");
    std::fs::write(&broken, "mode = \n").unwrap();
    let (file, broken) = (file.to_str().unwrap(), broken.to_str().unwrap());
    let cases: [(&[&str], &str); 7] = [
        (&["--mode", "development", "--listen", "here"], "server.listen: "),
        (&["--mode", "testing"], "mode: "),
        (&["--mode", "production"], "credential.key: "),
        (&["--mode", "development", "--upstream", "nowhere"], "upstream.default: "),
        (&["--mode", "development", "--set", "server.speed=9"], "server.speed: unknown field"),
        (&["--config", file], "server.listen_on: unknown field"),
        (&["--config", broken], "broken.toml, line 1: "),
    ];
    for (arguments, expected) in cases {
        let output = bff(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(64), "{arguments:?}");
        let said = complaint(&output);
        assert!(said.starts_with("bff-mobile: ") && said.contains(expected), "{said}");
    }
}

#[test]
fn the_environment_is_one_of_the_layers() {
    let output =
        bff(&["--mode", "development"]).env("BFF_MOBILE__SERVER__IDLE_TIMEOUT_MS", "soon").output().unwrap();
    assert_eq!(output.status.code(), Some(64));
    let said = complaint(&output);
    assert!(
        said.contains("server.idle_timeout_ms") && said.contains("BFF_MOBILE__SERVER__IDLE_TIMEOUT_MS"),
        "{said}"
    );
}

#[test]
fn a_flag_that_is_none_ends_with_64() {
    let output = bff(&["--nonsense"]).output().unwrap();
    assert_eq!(output.status.code(), Some(64));
}

#[test]
fn a_port_that_is_taken_ends_with_one_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let arguments = ["--mode", "development", "--set", "log.filter=off", "--listen", &address];
    let output = bff(&arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(complaint(&output).starts_with(&format!("bff-mobile: cannot listen on {address}: ")));
}

#[test]
fn the_schema_is_printed_for_clients_and_with_its_calls_for_authors() {
    let public = String::from_utf8(bff(&["schema"]).output().unwrap().stdout).unwrap();
    assert!(public.contains("type Query {") && !public.contains("@fetch"));
    let internal = String::from_utf8(bff(&["schema", "--internal"]).output().unwrap().stdout).unwrap();
    assert!(internal.contains("@fetch(steps: "));
}
