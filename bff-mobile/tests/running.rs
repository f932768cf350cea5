//! Tests of the binary as the system runs it: signals, and a thread for operators.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, Command, Stdio};

/// A running BFF, which is killed when this is dropped.
struct Running {
    child: Child,
    lines: BufReader<ChildStderr>,
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_bff-mobile"))
            .args(["--mode", "development", "--listen", "127.0.0.1:0", "--set", "server.admin=127.0.0.1:0"])
            .args(arguments)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap());
        Self { child, lines }
    }

    /// Returns the next line of the log.
    fn line(&mut self) -> String {
        let mut line = String::new();
        assert_ne!(self.lines.read_line(&mut line).unwrap(), 0, "it ended");
        line.trim_end().to_owned()
    }

    /// Reads lines of the log until one contains these words; returns the text that follows them.
    fn says(&mut self, words: &str) -> String {
        loop {
            let line = self.line();
            if let Some((_, rest)) = line.split_once(words) {
                return rest.split_whitespace().next().unwrap_or_default().to_owned();
            }
        }
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

/// Returns the response to a GET request.
fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n").unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).unwrap();
    said
}

#[test]
fn sighup_reads_certificate_and_manifests_again_and_sigterm_ends_it() {
    let folder = tempfile::tempdir().unwrap();
    let issue = || {
        let certified = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        std::fs::write(folder.path().join("bff.pem"), certified.cert.pem()).unwrap();
        std::fs::write(folder.path().join("bff.key"), certified.signing_key.serialize_pem()).unwrap();
    };
    issue();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let mut bff = Running::start(&[
        "--set",
        &format!("server.tls.certificate={}", file("bff.pem")),
        "--set",
        &format!("server.tls.key={}", file("bff.key")),
        "--set",
        concat!("operations.folder=", env!("CARGO_MANIFEST_DIR"), "/../schema/mobile"),
    ]);
    let admin = bff.says("operators are answered on ");
    bff.says("listens on ");
    assert!(get(&admin, "/healthz").starts_with("HTTP/1.1 200 "));
    assert!(get(&admin, "/readyz").contains("\"ready\""));

    issue();
    bff.signal("HUP");
    // Both are read concurrently, so that either line may come first.
    let mut awaited = vec!["the certificate was read again", "bff-mobile takes"];
    while !awaited.is_empty() {
        let line = bff.line();
        awaited.retain(|words| !line.contains(words));
    }
    assert!(get(&admin, "/metrics").contains("\nbff_manifest_loads_total{result=\"taken\"} 2\n"));

    bff.signal("TERM");
    assert!(bff.child.wait().unwrap().success());
}
