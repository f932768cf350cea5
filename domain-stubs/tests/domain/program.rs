//! The binary says in one line what is wrong with its arguments, and stops when it is asked to.

use std::{
    io::{BufRead as _, BufReader},
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

/// A running binary, which is killed when it is dropped.
pub(crate) struct Program {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Program {
    /// Starts it on a free port over a file, and waits until it listens.
    pub(crate) fn start(data: &Path) -> Self {
        let mut child = command(&["--listen", "127.0.0.1:0"])
            .arg("--data")
            .arg(data)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = log
            .find_map(|line| {
                let line = line.unwrap();
                line.split_once("listening on ")
                    .map(|(_, rest)| rest.split_whitespace().next().unwrap().parse().unwrap())
            })
            .expect("the binary says where it listens");
        // Whatever else it logs must not fill the pipe.
        std::thread::spawn(move || log.count());
        Self { child, address }
    }

    /// Ends it as `kill -9` does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[test]
fn bad_arguments_end_it_with_64() {
    for arguments in [
        ["--listen", "nowhere"],
        ["--services", "catalog,nope"],
        ["--seed-time", "yesterday"],
        ["--nope", "1"],
    ] {
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(64), "{arguments:?}");
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.starts_with("error: "), "{told}");
    }
}

#[test]
fn help_is_no_error() {
    assert_eq!(run(&["--help"]).status.code(), Some(0));
}

#[test]
fn a_port_that_is_taken_is_told_in_one_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = run(&["--log", "off", "--listen", &address]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.starts_with(&format!("domain-stubs: cannot listen on {address}: ")), "{told}");
    assert_eq!(told.lines().count(), 1, "{told}");
}

#[test]
fn a_file_that_is_no_shop_is_told_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text");
    std::fs::write(&text, "This is no database, and long enough to see that.".repeat(20)).unwrap();
    let missing = folder.path().join("missing/shop.db");
    for data in [text, missing] {
        let data = data.to_str().unwrap();
        let output = run(&["--log", "off", "--listen", "127.0.0.1:0", "--data", data]);
        assert_eq!(output.status.code(), Some(1));
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.starts_with(&format!("domain-stubs: cannot open {data}: ")), "{told}");
        assert_eq!(told.lines().count(), 1, "{told}");
    }
}

#[test]
fn it_stops_gracefully_when_terminated() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Program::start(&folder.path().join("shop.db"));
    let id = program.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert_eq!(program.child.wait().unwrap().code(), Some(0));
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_domain-stubs"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).stderr(Stdio::piped()).output().unwrap()
}
