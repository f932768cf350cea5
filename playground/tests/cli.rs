//! `cargo up`, as a newcomer runs it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A process that does not outlive its test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _killed = self.0.kill();
        let _reaped = self.0.wait();
    }
}

fn playground(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_playground"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Ports nobody else has, and the page that needs no Node.
const ANY_PORT: [&str; 11] =
    ["--plain", "--page", "0", "--mobile", "0", "--web", "0", "--iot", "0", "--domain", "0"];

/// Sends a request and reads the whole answer.
fn exchange(address: &str, request: &str) -> String {
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    socket.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    answer
}

/// Waits until a shop says what runs where.
fn addresses(shop: &mut Running) -> Vec<(String, String)> {
    let mut lines = BufReader::new(shop.0.stdout.take().unwrap()).lines();
    let mut addresses = Vec::new();
    while addresses.len() < 5 {
        let line = lines.next().expect("it says what runs where").unwrap();
        let words: Vec<_> = line.split_whitespace().collect();
        if let [what @ ("page" | "mobile" | "web" | "iot" | "domain"), address, ..] = words[..] {
            let address = address.trim_start_matches("http://").split('/').next().unwrap();
            addresses.push((what.to_owned(), address.to_owned()));
        }
    }
    addresses
}

#[test]
fn it_tells_what_runs_where_and_stops_when_asked() {
    let mut shop = Running(playground(&ANY_PORT).spawn().unwrap());
    let addresses = addresses(&mut shop);
    let page = exchange(&addresses[0].1, "GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    for (what, address) in &addresses[1..] {
        let port = address.rsplit(':').next().unwrap();
        assert!(page.contains(port), "the page does not name {what}");
    }
    assert!(!page.contains("https://"), "the page names something on the internet");
    for (what, address) in &addresses[1..4] {
        let answer = exchange(
            address,
            "GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
        );
        assert!(answer.contains("{\"data\":{\"__typename\":\"Query\"}}"), "{what}: {answer}");
    }
    #[cfg(unix)]
    {
        let pid = shop.0.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        assert_eq!(shop.0.wait().unwrap().code(), Some(0));
    }
}

#[test]
fn the_page_is_told_what_the_clients_ship_and_what_an_operation_would_do() {
    let mut shop = Running(playground(&ANY_PORT).spawn().unwrap());
    let page = addresses(&mut shop)[0].1.clone();
    let clients =
        exchange(&page, "GET /api/clients.json HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    for told in
        ["\"problems\":[]", "\"Home\"", "\"ProductPage\"", "\"Shelf\"", "\"x-device-id\":\"shelf-0001\""]
    {
        assert!(clients.contains(told), "{told}: {clients}");
    }
    let plan = |client: &str, document: &str| {
        let length = document.len();
        let head = format!("POST /api/plan?client={client} HTTP/1.1\r\nhost: localhost\r\nconnection: close");
        exchange(&page, &format!("{head}\r\ncontent-length: {length}\r\n\r\n{document}"))
    };
    assert!(plan("mobile", "{ categories { name } }").contains("\"waves\":1"));
    assert!(plan("mobile", "{ nonsense }").starts_with("HTTP/1.1 422 "));
    assert!(plan("nobody", "{ categories { name } }").starts_with("HTTP/1.1 404 "));
}

#[test]
fn computed_products_are_served_on_demand() {
    let mut shop =
        Running(playground(&[&ANY_PORT[..], &["--synthetic", "1000000"]].concat()).spawn().unwrap());
    let web = addresses(&mut shop)[2].1.clone();
    let answer = exchange(
        &web,
        "GET /graphql?query=%7Bproducts(first:1)%7BtotalCount%7D%7D HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
    );
    assert!(answer.contains("{\"totalCount\":1000000}"), "{answer}");
}

#[test]
fn a_port_that_is_taken_ends_with_one_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for (what, flag) in [("page", "--page"), ("mobile BFF", "--mobile"), ("domain", "--domain")] {
        let mut arguments = ANY_PORT.to_vec();
        let at = arguments.iter().position(|argument| *argument == flag).unwrap();
        arguments[at + 1] = &port;
        let output = playground(&arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.contains(&port) && said.contains(what), "{said}");
    }
}

#[test]
fn a_file_that_is_no_shop_ends_with_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shop.db");
    std::fs::write(&file, "this is not a database, whatever its name says".repeat(100)).unwrap();
    let mut arguments = ANY_PORT.to_vec();
    arguments.extend(["--data", file.to_str().unwrap()]);
    let output = playground(&arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("shop.db"), "{said}");
}
