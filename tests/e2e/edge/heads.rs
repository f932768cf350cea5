//! Heads of requests that are too long.

use std::fmt::Write as _;

use http::{Request, header};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinSet;

use crate::support::{Answer, Pipe};

fn head(uri_bytes: usize, header_bytes: usize) -> String {
    let uri = format!("/graphql?query=%7B__typename%7D&x={}", "x".repeat(uri_bytes));
    let mut head = format!("GET {uri} HTTP/1.1\r\nhost: bff\r\nconnection: close\r\n");
    // Several headers, like a cookie jar that was never emptied.
    for part in 0..header_bytes / 4_000 {
        write!(head, "x-part-{part}: {}\r\n", "x".repeat(3_990)).unwrap();
    }
    head + "\r\n"
}

#[tokio::test]
async fn a_head_too_long_gets_the_status_of_the_part_that_is_too_long() {
    let pipe = Pipe::open(bff_iot::client());
    for (uri_bytes, header_bytes, status, ours) in [
        (8_000, 28_000, 200, true),
        (17_000, 0, 414, true),
        (40_000, 0, 414, true),
        (0, 36_000, 431, true),
        (0, 60_000, 431, true),
        // The server reads no further than this.
        (0, 200_000, 431, false),
        (200_000, 0, 431, false),
    ] {
        let stream = pipe.connect().unwrap();
        let (mut reader, mut writer) = tokio::io::split(stream);
        let request = head(uri_bytes, header_bytes);
        let mut said = String::new();
        let writing = async {
            // The server may stop reading before it has received all.
            let _broken = writer.write_all(request.as_bytes()).await;
        };
        let (read, ()) = tokio::join!(reader.read_to_string(&mut said), writing);
        read.unwrap();
        let shown = said.chars().take(300).collect::<String>();
        assert!(said.starts_with(&format!("HTTP/1.1 {status} ")), "{uri_bytes} {header_bytes}: {shown}");
        assert_eq!(
            said.contains("application/json; charset=utf-8"),
            ours,
            "{uri_bytes} {header_bytes}: {shown}"
        );
    }
}

#[tokio::test]
async fn a_head_too_long_is_rejected_over_http2_as_well() {
    let pipe = Pipe::open(bff_iot::client());
    let io = TokioIo::new(pipe.connect().unwrap());
    let (mut sender, connection) =
        http2::Builder::new(TokioExecutor::new()).max_header_list_size(1 << 20).handshake(io).await.unwrap();
    let mut running = JoinSet::new();
    running.spawn(async move { drop(connection.await) });
    for (headers, status) in [(1, 200), (10, 431), (1, 200)] {
        let mut request =
            Request::get("http://bff/graphql?query=%7B__typename%7D").header(header::ACCEPT, "*/*");
        for part in 0..headers {
            request = request.header(format!("x-part-{part}"), "x".repeat(3_990));
        }
        let response =
            sender.send_request(request.body(Full::<bytes::Bytes>::default()).unwrap()).await.unwrap();
        let (head, body) = response.into_parts();
        let answer = Answer::of(http::Response::from_parts(head, body.collect().await.unwrap().to_bytes()));
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
    }
}
