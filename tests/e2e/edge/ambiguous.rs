//! Requests that two servers may read in different ways: their host, their body's end, their expectations.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::Pipe;

const GET: &str = "GET /graphql?query=%7B__typename%7D";
const POST: &str = "POST /graphql HTTP/1.1\r\nhost: bff\r\ncontent-type: application/json\r\n";

/// Everything the server sends after a head, until it closes the connection.
async fn said_to(pipe: &Pipe, head: &str) -> String {
    let mut stream = pipe.connect().unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).await.unwrap();
    said
}

#[tokio::test]
async fn a_request_names_one_host() {
    let pipe = Pipe::open(bff_iot::client());
    for hosts in [
        "",
        "host: bff\r\nhost: bff\r\n",
        "host: bff\r\nhost: evil.example\r\n",
        "host: a b/c@d\r\n",
        "host:\r\n",
        "host: bff, evil.example\r\n",
        "host: user@bff\r\n",
        "host: bff:http\r\n",
    ] {
        for target in [GET.to_owned(), GET.replace(" /", " http://bff/"), "GET /nothing".to_owned()] {
            let said = said_to(&pipe, &format!("{target} HTTP/1.1\r\n{hosts}\r\n")).await;
            assert!(said.starts_with("HTTP/1.1 400 "), "{hosts:?}: {said}");
            assert!(said.contains("\r\nconnection: close\r\n"), "{hosts:?}: {said}");
            assert!(said.ends_with("\"extensions\":{\"code\":\"BAD_REQUEST\"}}]}"), "{hosts:?}: {said}");
        }
    }
    let close = "connection: close\r\n";
    for head in
        [format!("{GET} HTTP/1.1\r\nhost: bff\r\n{close}\r\n"), "GET /healthz HTTP/1.0\r\n\r\n".to_owned()]
    {
        let said = said_to(&pipe, &head).await;
        assert!(said.contains(" 200 OK\r\n"), "{head}: {said}");
    }
}

/// A body whose end two servers may see in different places is rejected.
#[tokio::test(start_paused = true)]
async fn a_body_ends_in_one_way() {
    let pipe = Pipe::open(bff_iot::client());
    let body = "{\"query\":\"{__typename}\"}";
    let chunks = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    for codings in [
        "transfer-encoding: gzip, chunked\r\n",
        "transfer-encoding: identity, chunked\r\n",
        "transfer-encoding: chunked, chunked\r\n",
        "transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n",
        "transfer-encoding: x\r\ntransfer-encoding: chunked\r\n",
        "transfer-encoding: ,chunked\r\n",
    ] {
        let said = said_to(&pipe, &format!("{POST}{codings}\r\n{chunks}")).await;
        assert!(said.starts_with("HTTP/1.1 400 "), "{codings}: {said}");
        assert!(said.contains("\r\nconnection: close\r\n"), "{codings}: {said}");
        assert!(said.contains("\"code\":\"BAD_REQUEST\""), "{codings}: {said}");
    }
    for codings in ["transfer-encoding: gzip\r\n", "transfer-encoding: chunked, identity\r\n"] {
        let said = said_to(&pipe, &format!("{POST}{codings}\r\n{chunks}")).await;
        assert!(said.starts_with("HTTP/1.1 400 "), "{codings}: {said}");
    }
    // Bytes that follow on such a connection are never read as a request of their own.
    let both = format!("{POST}content-length: 6\r\ntransfer-encoding: chunked\r\n\r\n{chunks}");
    let said = said_to(&pipe, &format!("{both}{GET} HTTP/1.1\r\nhost: bff\r\n\r\n")).await;
    assert_eq!(said.matches("HTTP/1.1 ").count(), 1, "{said}");
    assert!(said.starts_with("HTTP/1.1 400 "), "{said}");
    let said =
        said_to(&pipe, &format!("{POST}connection: close\r\ntransfer-encoding: Chunked\r\n\r\n{chunks}"))
            .await;
    assert!(said.starts_with("HTTP/1.1 200 "), "{said}");
}

#[tokio::test(start_paused = true)]
async fn nothing_else_is_expected_than_100_continue() {
    let pipe = Pipe::open(bff_iot::client());
    let body = "{\"query\":\"{__typename}\"}";
    for expected in ["200-ok", "100-continue, x", "\"100-continue\""] {
        // There is no body: a client that expects something waits for it.
        let head = format!("{POST}expect: {expected}\r\ncontent-length: {}\r\n\r\n", body.len());
        let said = said_to(&pipe, &head).await;
        assert!(said.starts_with("HTTP/1.1 417 "), "{expected}: {said}");
        assert!(said.contains("\r\nconnection: close\r\n"), "{expected}: {said}");
        assert!(said.contains("\"code\":\"BAD_REQUEST\""), "{expected}: {said}");
    }
    let head = format!(
        "{POST}connection: close\r\nexpect: 100-Continue\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let said = said_to(&pipe, &head).await;
    assert!(said.starts_with("HTTP/1.1 100 ") && said.contains("HTTP/1.1 200 "), "{said}");
}
