//! Timeouts of a connection.

use bff_kit::AnyClient;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::time::{Instant, sleep};

use super::Http2;
use crate::support::{Pipe, Plain};

const HEAD: &str = "POST /graphql HTTP/1.1\r\nhost: bff\r\ncontent-type: application/json\r\n";
const HEALTH: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: bff\r\n\r\n";

/// The beginning of an HTTP/2 connection, with an empty SETTINGS frame.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

/// Reads until the server closes the connection; returns the bytes read, and the time that took in tenths of a second.
async fn until_closed(stream: &mut DuplexStream) -> (Vec<u8>, u128) {
    let start = Instant::now();
    let mut said = Vec::new();
    stream.read_to_end(&mut said).await.unwrap();
    (said, (start.elapsed().as_millis() + 50) / 100)
}

async fn closed_after(pipe: &Pipe, sent: &[u8]) -> (String, u128) {
    let mut stream = pipe.connect().unwrap();
    stream.write_all(sent).await.unwrap();
    let (said, tenths) = until_closed(&mut stream).await;
    (String::from_utf8_lossy(&said).into_owned(), tenths)
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_says_nothing_whole_is_closed_with_the_time_of_a_head() {
    let pipe = Pipe::open(AnyClient::of::<Plain>());
    for sent in [&b""[..], b"P", b"PRI * HT", b"POST /graphql HTTP/1.1\r\nhost:", PREFACE] {
        let (said, tenths) = closed_after(&pipe, sent).await;
        assert!(!said.contains("HTTP/1.1"), "{said}");
        assert_eq!(tenths, 50, "{:?}", String::from_utf8_lossy(sent));
    }
    // HTTP/2 headers may go on and never end.
    let unended = [PREFACE, b"\0\0\x01\x01\0\0\0\0\x01\x82"].concat();
    assert_eq!(closed_after(&pipe, &unended).await.1, 50);
    // A body has its own timeout, which ends with an answer.
    let (said, tenths) = closed_after(&pipe, format!("{HEAD}content-length: 100\r\n\r\n").as_bytes()).await;
    assert!(said.starts_with("HTTP/1.1 408 "), "{said}");
    assert_eq!(tenths, 50);
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_kept_for_longer_than_load_balancers_keep_theirs() {
    let pipe = Pipe::open(AnyClient::of::<Plain>());
    let (said, tenths) = closed_after(&pipe, HEALTH).await;
    assert!(said.starts_with("HTTP/1.1 200 "), "{said}");
    assert_eq!(tenths, 750);

    let mut http2 = Http2::open(&pipe, 65_535).await;
    http2.query("{ __typename }").await.unwrap().await.unwrap();
    let start = Instant::now();
    let took = http2.ended().await - start;
    assert_eq!((took.as_millis() + 50) / 100, 750);

    // The idle timeout does not depend on the timeout of a head.
    let configured = |header, idle| {
        let configure = move |config: &mut bff_kit::host::config::Config| {
            config.server.header_timeout_ms = header;
            config.server.idle_timeout_ms = idle;
        };
        Pipe::with(AnyClient::of::<Plain>(), configure, std::future::pending())
    };
    assert_eq!(closed_after(&configured(20_000, 8_000), HEALTH).await.1, 80);
    assert_eq!(closed_after(&configured(1_000, 300_000), HEALTH).await.1, 3_000);
}

#[tokio::test(start_paused = true)]
async fn a_head_that_begins_late_has_the_time_of_a_head_from_then_on() {
    let pipe = Pipe::open(AnyClient::of::<Plain>());
    let mut stream = pipe.connect().unwrap();
    for _ in 0..3 {
        stream.write_all(HEALTH).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\nok") {
            stream.read_buf(&mut answer).await.unwrap();
        }
        assert!(answer.starts_with(b"HTTP/1.1 200"));
        sleep(Duration::from_mins(1)).await;
    }
    stream.write_all(b"GET /heal").await.unwrap();
    assert_eq!(until_closed(&mut stream).await.1, 50);
}
