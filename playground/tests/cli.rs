//! `cargo up`, as a newcomer runs it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use contracts::printed;

/// A process that is killed when its test ends.
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

/// Arguments for free ports, and for the page that needs no Node.
const ANY_PORT: [&str; 13] = [
    "--plain",
    "--page",
    "0",
    "--mobile",
    "0",
    "--web",
    "0",
    "--iot",
    "0",
    "--provider",
    "0",
    "--domain",
    "0",
];

/// Sends a request and reads the whole answer.
fn exchange(address: &str, request: &str) -> String {
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    socket.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    answer
}

/// Waits until a shop has printed its addresses, and returns the lines that begin with one of the names.
fn announced(shop: &mut Running, names: &[&str]) -> Vec<(String, String)> {
    let lines = BufReader::new(shop.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let lines = lines.take_while(|line| !line.contains("Ctrl-C"));
    let found = |line: String| {
        let (name, value) = line.trim().split_once(char::is_whitespace)?;
        names.contains(&name).then(|| (name.to_owned(), value.trim().to_owned()))
    };
    lines.filter_map(found).collect()
}

/// Waits until a shop has printed its addresses.
fn addresses(shop: &mut Running) -> Vec<(String, String)> {
    let addresses = announced(shop, &["page", "mobile", "web", "iot", "domain"]);
    assert_eq!(addresses.len(), 5, "{addresses:?}");
    let address = |value: String| {
        let address = value.split(' ').next().unwrap().trim_start_matches("http://");
        address.split('/').next().unwrap().to_owned()
    };
    addresses.into_iter().map(|(what, value)| (what, address(value))).collect()
}

#[test]
fn it_prints_its_addresses_and_stops_on_interrupt() {
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
fn the_headers_that_it_prints_sign_in() {
    let mut shop = Running(playground(&ANY_PORT).spawn().unwrap());
    let lines = announced(&mut shop, &["page", "mobile", "web", "iot", "phone", "browser", "device"]);
    let [(_, page), (_, mobile), (_, web), (_, iot), (_, phone), (_, browser), (_, device)] = &lines[..]
    else {
        panic!("{lines:?}");
    };
    let ask = |url: &str, header: &str, query: &str| {
        let address = url.trim_start_matches("http://").split('/').next().unwrap();
        let body = format!("{{\"query\":\"{query}\"}}");
        let head = format!(
            "POST /graphql HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{header}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        exchange(address, &(head + &body))
    };
    let name = "{ home { name } }";
    assert!(ask(mobile, phone, name).contains("\"name\":\"Ada\""), "{phone}");
    assert!(!ask(mobile, "x-user-id: user-ada-lindqvist", name).contains("Ada"));
    assert!(ask(mobile, &format!("{phone}x"), name).starts_with("HTTP/1.1 401 "));
    assert!(ask(web, browser, "{ viewer { givenName } }").contains("\"givenName\":\"Ada\""));
    let label = "{ shelf(device: \\\"RGV2aWNlOnNoZWxmLTAwMDE\\\") { label } }";
    assert!(ask(iot, device, label).contains("\"label\":"), "{}", ask(iot, device, label));
    assert!(ask(iot, &device.replace("shopd_", "shopd_0"), label).starts_with("HTTP/1.1 401 "));

    let page = page.trim_start_matches("http://");
    let of_zoe = "GET /api/phone-token?user=user-zoe-marchetti HTTP/1.1\r\nhost: localhost\r\n\
                  connection: close\r\n\r\n";
    let answer = exchange(page, of_zoe);
    let token = answer.split("\r\n\r\n").nth(1).unwrap();
    assert!(ask(mobile, &format!("authorization: Bearer {token}"), name).contains("\"name\":\"Zoë\""));
}

#[test]
fn the_page_gets_the_operations_of_the_clients_and_the_plan_of_an_operation() {
    let mut shop = Running(playground(&ANY_PORT).spawn().unwrap());
    let page = addresses(&mut shop)[0].1.clone();
    let clients =
        exchange(&page, "GET /api/clients.json HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    for part in ["\"problems\":[]", "\"Home\"", "\"ProductPage\"", "\"Shelf\"", "\"x-api-key\":\"shopd_"] {
        assert!(clients.contains(part), "{part}: {clients}");
    }
    // An operation of a release that is still today's is listed once, though registered documents have no comments.
    let listed: serde_json::Value = serde_json::from_str(clients.split_once("\r\n\r\n").unwrap().1).unwrap();
    for client in listed["clients"].as_array().unwrap() {
        let mut texts = HashSet::new();
        for operation in client["operations"].as_array().unwrap() {
            let text = printed(operation["text"].as_str().unwrap());
            assert!(texts.insert(text), "{} is listed twice", operation["name"]);
        }
    }
}

/// A BFF that is none of the shop: here that of another shop.
#[test]
fn the_page_opens_any_bff_by_its_address() {
    let mut other = Running(playground(&ANY_PORT).spawn().unwrap());
    let mobile = format!("http://{}", addresses(&mut other)[1].1);
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = format!("http://{nobody}");
    let bffs = ["--bff", &mobile, "--bff", &nobody];
    let mut shop = Running(playground(&[&ANY_PORT[..], &bffs].concat()).spawn().unwrap());
    let page = addresses(&mut shop)[0].1.clone();
    let clients =
        exchange(&page, "GET /api/clients.json HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    let listed: serde_json::Value = serde_json::from_str(clients.split_once("\r\n\r\n").unwrap().1).unwrap();
    let bff = &listed["clients"][3];
    assert_eq!((&bff["title"], &bff["path"]), (&"mobile".into(), &"/bff/0".into()), "{bff}");
    assert!(bff["operations"].as_array().unwrap().len() > 12, "{bff}");
    let problem = listed["problems"][0].as_str().unwrap();
    assert!(problem.starts_with(&format!("{nobody} does not answer")), "{problem}");

    let sent = |path: &str, kind: &str, document: &str| {
        let body = format!("{{\"query\":\"{document}\"}}");
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\norigin: http://localhost:4000\r\n\
             content-type: {kind}\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        exchange(&page, &(head + &body))
    };
    let json = "application/json";
    assert!(sent("/bff/0/graphql", json, "{ __typename }").contains("{\"data\":{\"__typename\":\"Query\"}}"));
    assert!(sent("/bff/0/graphql/plan", json, "{ categories { name } }").contains("\"waves\":1"));
    assert!(sent("/bff/1/graphql", json, "{ __typename }").starts_with("HTTP/1.1 502 "));
    // Pages of other sites can send no JSON here, and nothing else is passed on.
    assert!(sent("/bff/0/graphql", "text/plain", "{ __typename }").starts_with("HTTP/1.1 404 "));
    assert!(sent("/bff/2/graphql", json, "{ __typename }").starts_with("HTTP/1.1 404 "));

    let wrong = playground(&["--bff", "https://bff.example"]).output().unwrap();
    assert_eq!(wrong.status.code(), Some(64));
    assert!(String::from_utf8(wrong.stderr).unwrap().contains("http://127.0.0.1:8080"));
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
fn the_admin_service_is_there_with_its_flag_alone() {
    let called = |arguments: &[&str], kind: &str| {
        let mut shop = Running(playground(&[&ANY_PORT[..], arguments].concat()).spawn().unwrap());
        let domain = addresses(&mut shop)[4].1.clone();
        // The body is an empty gRPC message over HTTP/1.1; the response is another one, in a chunk.
        let head = format!(
            "POST /shop.admin.v1.AdminService/ListCalls HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
             te: trailers\r\ncontent-type: {kind}\r\ncontent-length: 5\r\n\r\n"
        );
        exchange(&domain, &format!("{head}\0\0\0\0\0"))
    };
    let grpc = "application/grpc";
    let (without, with) = (called(&[], grpc), called(&["--admin"], grpc));
    assert!(without.contains("grpc-status: 12"), "{without}");
    let message = "5\r\n\0\0\0\0\0\r\n";
    assert!(with.starts_with("HTTP/1.1 200 ") && with.contains(message), "{with:?}");
    // A request that any page can make a browser send is not accepted as gRPC.
    let of_a_page = called(&["--admin"], "text/plain");
    assert!(of_a_page.starts_with("HTTP/1.1 415 "), "{of_a_page:?}");
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
fn a_data_file_that_is_no_database_ends_with_one_line() {
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

#[test]
fn without_node_it_logs_one_line_and_serves_the_plain_page() {
    let folder = tempfile::tempdir().unwrap();
    let web = folder.path().join("playground/web");
    std::fs::create_dir_all(web.join("src")).unwrap();
    for file in ["index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts"] {
        std::fs::write(web.join(file), "{}").unwrap();
    }
    let mut command = playground(&ANY_PORT[1..]);
    command.current_dir(folder.path()).env("PATH", "");
    let mut shop = Running(command.spawn().unwrap());
    let log = BufReader::new(shop.0.stderr.take().unwrap());
    let page = addresses(&mut shop)[0].1.clone();
    let mut said = log.lines().map(Result::unwrap);
    let line = said.find(|line| line.contains("Node")).unwrap();
    assert!(line.contains("there is no Node here"), "{line}");
    let index = exchange(&page, "GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    assert!(index.starts_with("HTTP/1.1 200 ") && index.contains("<textarea"), "{index}");
}

#[test]
fn a_type_is_compared_as_each_client_reads_it() {
    let output = playground(&["compare", "Product"]).output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("Product, as each client reads it\n\nmobile\n"), "{text}");
    for line in [
        "  inStock    Boolean     InventoryService/BatchGetStock\n",
        "  shippingOptions  [ShippingOption!]  ShippingService/BatchGetShippingOptions\n",
        "  Query.inStock  Boolean  InventoryService/BatchGetStock\n",
        "  in all: fields 7, RPCs 5, calls 5, waves 1, bytes ",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let output = playground(&["compare", "Nothing"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "playground: no client has a type Nothing\n");
}

#[test]
fn the_changes_in_the_plans_of_all_clients_are_shown_together() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let diff = |old: &std::path::Path, more: &[&str]| {
        let arguments = [&["diff", old.to_str().unwrap()], more].concat();
        let output = playground(&arguments).current_dir(&root).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let same = diff(&root.join("schema"), &[]);
    assert_eq!(same, "mobile: no plan changed\nweb: no plan changed\niot: no plan changed\n");
    let old = tempfile::tempdir().unwrap();
    for client in ["mobile", "web", "iot"] {
        for part in ["operations", "operations/fragments", "plans"] {
            let folder = old.path().join(client).join(part);
            std::fs::create_dir_all(&folder).unwrap();
            let Ok(entries) = std::fs::read_dir(root.join("schema").join(client).join(part)) else {
                continue;
            };
            for entry in entries.map(Result::unwrap).filter(|it| it.file_type().unwrap().is_file()) {
                // Each folder lacks the plan of one operation, which is therefore new.
                let name = entry.file_name().into_string().unwrap();
                if !["Home.plan", "Dashboard.plan", "Shelf.plan"].contains(&name.as_str()) {
                    std::fs::copy(entry.path(), folder.join(name)).unwrap();
                }
            }
        }
    }
    let text = diff(old.path(), &[]);
    let mut news = text.lines().filter(|line| !line.starts_with(' '));
    let expected = ["mobile Home is new", "web Dashboard is new", "iot Shelf is new"];
    assert!(news.by_ref().eq(expected), "{text}");
    assert!(text.contains("mobile Home is new\n  waves   2\n  calls   at most 6\n"), "{text}");
    let markdown = diff(old.path(), &["--markdown"]);
    for line in ["### Plans of mobile\n", "| **Home** is new | 2 | at most 6 |", "### Plans of iot\n"] {
        assert!(markdown.contains(line), "{line}: {markdown}");
    }
}

#[test]
fn an_address_of_one_network_is_no_host() {
    let output = playground(&["--host", "192.168.1.5"]).output().unwrap();
    assert_eq!(output.status.code(), Some(64));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("192.168.1.5") && error.contains("write 0.0.0.0"), "{error}");
}
