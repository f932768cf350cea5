//! The binary reports errors in one line, and stops gracefully on a signal.

use std::{
    io::{BufRead as _, BufReader},
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use domain_stubs::credential::Actor;
use proto::{
    admin::{ListCallsRequest, admin_service_client::AdminServiceClient},
    catalog::ListCategoriesRequest,
};
use tonic::Code;

use crate::{
    imports,
    shop::{ADA, Clients, connect, failure},
};

/// A running binary, which is killed when it is dropped.
pub(crate) struct Program {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Program {
    /// Starts it on a free port over a file, and waits until it listens.
    pub(crate) fn start(data: &Path) -> Self {
        Self::start_with(&["--data", data.to_str().unwrap()])
    }

    /// Starts it on a free port with some arguments, and waits until it listens.
    pub(crate) fn start_with(arguments: &[&str]) -> Self {
        let mut child =
            command(&["--listen", "127.0.0.1:0"]).args(arguments).stderr(Stdio::piped()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let address = log
            .find_map(|line| {
                let line = line.unwrap();
                line.split_once("listening on ")
                    .map(|(_, rest)| rest.split_whitespace().next().unwrap().parse().unwrap())
            })
            .expect("the binary says where it listens");
        // The other lines of its log must not fill the pipe.
        std::thread::spawn(move || log.count());
        Self { child, address }
    }

    /// Identifier of its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
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
        ["--synthetic", "0"],
        ["--synthetic", "2147483648"],
        ["--issuers", ""],
        ["--issuers", "bff-web,"],
        ["--nope", "1"],
    ] {
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(64), "{arguments:?}");
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.starts_with("error: "), "{told}");
    }
}

#[test]
fn a_key_that_anybody_could_guess_ends_it_with_64_and_is_not_shown() {
    // The data cannot be opened, so that the binary also ends with an accepted key.
    let flag = |key: &str| run(&["--data", "/nowhere/shop.db", &format!("--credential-key={key}")]);
    let variable = |key: &str| {
        let mut command = command(&["--data", "/nowhere/shop.db"]);
        command.env("SHOP_CREDENTIAL_KEY", key).stderr(Stdio::piped()).output().unwrap()
    };
    let short = "hunter2, and so on to 31 bytes.";
    for output in ["", "hunter2", short].into_iter().flat_map(|key| [flag(key), variable(key)]) {
        assert_eq!(output.status.code(), Some(64));
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains("--credential-key") && !told.contains("hunter2"), "{told}");
    }
    let long = "hunter2, and so on to 32 bytes..";
    assert!([flag(long), variable(long)].iter().all(|output| output.status.code() == Some(1)));
}

#[test]
fn help_is_no_error_and_tells_what_the_admin_service_gives_away() {
    let output = command(&["--help"]).stdout(Stdio::piped()).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let told = String::from_utf8(output.stdout).unwrap();
    let told = told.split_once("--admin").unwrap().1.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("without requiring a credential"), "{told}");
}

#[tokio::test]
async fn the_admin_service_is_there_with_its_flag_alone() {
    let list_calls = async |program: &Program| {
        let mut admin = AdminServiceClient::new(connect(program.address).await);
        admin.list_calls(ListCallsRequest {}).await.map(|_| ()).map_err(|status| status.code())
    };
    assert_eq!(list_calls(&Program::start_with(&[])).await, Err(Code::Unimplemented));
    assert_eq!(list_calls(&Program::start_with(&["--admin"])).await, Ok(()));
}

#[tokio::test]
async fn the_bffs_that_are_known_can_be_told() {
    let call_with = async |arguments: &[&str]| {
        let program = Program::start_with(arguments);
        let clients = Clients::of_now(&connect(program.address).await, Actor::User, ADA);
        let response = clients.catalog().list_categories(ListCategoriesRequest::default()).await;
        response.map(|_| ()).map_err(|status| failure(&status).1)
    };
    assert_eq!(call_with(&[]).await, Ok(()));
    assert_eq!(call_with(&["--issuers", "bff-other,bff-mobile"]).await, Ok(()));
    assert_eq!(call_with(&["--issuers", "bff-other"]).await, Err("CREDENTIAL_ISSUER_UNKNOWN".into()));
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

#[test]
fn an_import_tells_each_bad_line_and_how_many_were_good() {
    let folder = tempfile::tempdir().unwrap();
    let output = import(&imports::fixture(), &folder.path().join("shop.db"));
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "5 products imported, 8 lines rejected\n");
    let told = String::from_utf8(output.stderr).unwrap();
    let lines = told.lines().map(|line| line.strip_prefix(imports::fixture().to_str().unwrap()).unwrap());
    assert_eq!(
        lines.collect::<Vec<_>>(),
        [
            ":6: name: must not be empty",
            ":7: price.amount: \"-1.00\" is not a decimal number above zero, such as \"89.00\"",
            ":8: price.currency: \"euro\" is not three capital letters, such as \"USD\"",
            ":9: missing field `brand`",
            ":10: is not JSON: EOF while parsing a value at column 42",
            ":11: sku: \"ALP-0001\" was imported from line 1 already",
            ":12: sku: \"alp-0001\" makes the id \"alp-0001\", which is that of sku \"ALP-0001\"",
            ":13: is not UTF-8 from byte 33 on",
        ]
    );
}

#[test]
fn an_import_of_good_lines_ends_with_0_and_one_that_cannot_begin_with_1() {
    let folder = tempfile::tempdir().unwrap();
    let (catalogue, data) = (folder.path().join("one.jsonl"), folder.path().join("shop.db"));
    std::fs::write(&catalogue, imports::line("A-1", "Tent", "USD", "1.00")).unwrap();
    let output = import(&catalogue, &data);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "1 products imported, 0 lines rejected\n");

    for (catalogue, data, problem) in [
        (folder.path().join("none.jsonl"), data, "cannot read"),
        (catalogue, folder.path().join("missing/shop.db"), "cannot open"),
    ] {
        let output = import(&catalogue, &data);
        assert_eq!(output.status.code(), Some(1));
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.starts_with(&format!("domain-stubs: {problem} ")), "{told}");
        assert_eq!(told.lines().count(), 1, "{told}");
    }
}

#[test]
fn an_import_without_its_files_or_with_what_only_serving_knows_ends_with_64() {
    for arguments in [
        &["import"][..],
        &["import", "one.jsonl"],
        &["import", "--data", "shop.db"],
        &["import", "one.jsonl", "--data", "shop.db", "--listen", "127.0.0.1:0"],
        &["--listen", "127.0.0.1:0", "import", "one.jsonl", "--data", "shop.db"],
    ] {
        assert_eq!(run(arguments).status.code(), Some(64), "{arguments:?}");
    }
}

fn import(catalogue: &Path, data: &Path) -> Output {
    let mut command = command(&["import"]);
    command.arg(catalogue).arg("--data").arg(data);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap()
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_domain-stubs"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).stderr(Stdio::piped()).output().unwrap()
}
