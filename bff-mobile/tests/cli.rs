//! Tests of the command line, which is the same for every BFF.

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
        (&["--mode", "production"], "sign_in.issuer: "),
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

#[cfg(unix)]
#[test]
fn only_variables_of_its_own_must_be_text() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let bytes = OsStr::from_bytes(b"hunter2\xff");
    let output = bff(&["config", "--mode", "development"]).env("LESS", bytes).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let output = bff(&["config"]).env("BFF_MOBILE__CREDENTIAL__KEY", bytes).output().unwrap();
    assert_eq!(output.status.code(), Some(64));
    let said = complaint(&output);
    assert!(
        said.contains("BFF_MOBILE__CREDENTIAL__KEY: is not UTF-8") && !said.contains("hunter2"),
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

const KEY: &str = "12345678901234567890123456789012";

#[test]
fn production_without_an_operation_to_run_ends_with_64_and_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let output = bff(&["--mode", "production", "--listen", "127.0.0.1:0", "--set", "log.filter=off"])
        .args(["--set", "sign_in.issuer=https://id.example", "--set", "sign_in.jwks=https://id.example/jwks"])
        .current_dir(folder.path())
        .env("BFF_MOBILE__CREDENTIAL__KEY", KEY)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(64));
    let said = complaint(&output);
    assert!(said.starts_with("bff-mobile: operations.folder: is not set"), "{said}");
}

#[test]
fn config_prints_what_holds_and_where_it_comes_from() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bff.toml");
    std::fs::write(&file, "[server]\nidle_timeout_ms = 7000\n[limits]\nreport_only = [\"cost\"]\n").unwrap();
    let file = file.to_str().unwrap();
    let run = |arguments: &[&str]| {
        let output = bff(&[&["config"], arguments].concat())
            .current_dir(folder.path())
            .env("BFF_MOBILE__CREDENTIAL__KEY", KEY)
            .env("BFF_MOBILE__UPSTREAM__SERVICES__SHOP_REVIEWS_V1_REVIEWSERVICE", "https://reviews.example")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let printed = run(&["--config", file, "--listen", "127.0.0.1:4009", "--set", "log.format=json"]);
    let lines: Vec<_> =
        printed.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    for expected in [
        "mode = \"production\" # default",
        "server.listen = \"127.0.0.1:4009\" # flag --listen",
        &format!("server.idle_timeout_ms = 7000 # file {file}"),
        "server.deadline_ms = 2000 # default",
        "# server.tls.certificate is not set # default",
        "operations.policy = \"registered\" # default",
        &format!("limits.report_only = [\"cost\"] # file {file}"),
        "upstream.services.\"shop.reviews.v1.ReviewService\".address = \"https://reviews.example\" \
         # environment variable BFF_MOBILE__UPSTREAM__SERVICES__SHOP_REVIEWS_V1_REVIEWSERVICE",
        "# credential.key is set and hidden # environment variable BFF_MOBILE__CREDENTIAL__KEY",
        "log.format = \"json\" # flag --set",
    ] {
        assert!(lines.iter().any(|line| line == expected), "{expected}\nis not in\n{printed}");
    }
    assert!(!printed.contains(KEY));

    // The output is a file with the same settings.
    let again = folder.path().join("again.toml");
    std::fs::write(&again, &printed).unwrap();
    let settings = |text: &str| -> Vec<String> {
        text.lines().map(|line| line.rsplit_once("  # ").unwrap().0.trim_end().to_owned()).collect()
    };
    assert_eq!(settings(&run(&["--config", again.to_str().unwrap()])), settings(&printed));
}

#[test]
fn config_refuses_what_serve_refuses() {
    let output = bff(&["config", "--mode", "production"]).output().unwrap();
    assert_eq!(output.status.code(), Some(64));
    assert!(complaint(&output).starts_with("bff-mobile: credential.key: must be set in production"));
}

#[test]
fn a_secret_is_in_no_complaint() {
    let cases: [&[&str]; 5] = [
        &["--set", "credential.key=hunter2"],
        &["--set", "credential=hunter2"],
        &["--set", "credential.kye=hunter2"],
        &["--set", "credential.key:hunter2"],
        &["--mode", "development", "--upstream", "http://ada:hunter2@host:1"],
    ];
    for arguments in cases {
        let output = bff(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(64), "{arguments:?}");
        let said = complaint(&output);
        assert!(!said.contains("hunter2"), "{said}");
    }
}

/// Makes one TLS handshake with the first connection; returns the reason if it fails.
fn handshake(listener: &TcpListener, server: rustls::ServerConfig) -> Result<(), String> {
    let (mut io, _) = listener.accept().unwrap();
    let mut connection = rustls::ServerConnection::new(std::sync::Arc::new(server)).unwrap();
    while connection.is_handshaking() {
        connection.complete_io(&mut io).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// The system's root certificates are those in the file that `SSL_CERT_FILE` names.
#[test]
fn services_are_believed_whom_the_system_believes() {
    let folder = tempfile::tempdir().unwrap();
    let roots = folder.path().join("roots.pem");
    let query = folder.path().join("Query.graphql");
    std::fs::write(&query, "{ categories { name } }").unwrap();
    let ours = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let theirs = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let server = || {
        let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
        let key = rustls::pki_types::PrivateKeyDer::try_from(ours.signing_key.serialize_der()).unwrap();
        let builder =
            rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let builder = builder.unwrap().with_no_client_auth();
        let mut config = builder.with_single_cert(vec![ours.cert.der().clone()], key).unwrap();
        config.alpn_protocols = vec![b"h2".to_vec()];
        config
    };
    let explain = |upstream: &str| {
        let query = query.to_str().unwrap();
        let mut command = bff(&["explain", query, "--analyze", "--upstream", upstream]);
        command.env("SSL_CERT_FILE", &roots).env_remove("SSL_CERT_DIR");
        command
    };
    for (believed, is_met) in [(&ours, true), (&theirs, false)] {
        std::fs::write(&roots, believed.cert.pem()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let mut command = explain(&address);
        let mut running = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let met = handshake(&listener, server());
        drop(listener);
        running.wait().unwrap();
        assert_eq!(met.is_ok(), is_met, "{met:?}");
    }
    std::fs::write(&roots, "").unwrap();
    let output = explain("https://localhost:1").output().unwrap();
    assert_eq!(output.status.code(), Some(64));
    assert!(
        complaint(&output).starts_with("bff-mobile: upstream.ca: is not set, and this system has no root")
    );
}
