//! Clients that do not read their answers, and clients that read slowly.

use bff_kit::AnyClient;
use std::time::Duration;

use http::{Request, header};
use http_body_util::Full;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::{Instant, sleep, timeout};

use super::Http2;
use crate::support::{Pipe, Plain};

/// An answer of 188 kB.
const LONG: &str = "{ letters(thousands: 188) }";

/// The value of a metric without labels.
async fn number(pipe: &Pipe, name: &str) -> u64 {
    let request = Request::get("/metrics").header(header::HOST, "bff").body(Full::default()).unwrap();
    let text = pipe.http1().await.send(request).await.text;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("{name}: {text}")).parse().unwrap()
}

#[tokio::test(start_paused = true)]
async fn answers_that_nobody_reads_end_their_connection_whatever_else_is_sent_on_it() {
    let pipe = Pipe::open(AnyClient::of::<Plain>());
    let mut http2 = Http2::open(&pipe, 0).await;
    let start = Instant::now();
    let mut answers = Vec::new();
    for _ in 0..50 {
        answers.push(http2.query(LONG).await.unwrap().await.unwrap());
    }
    assert!(number(&pipe, "bff_unread_bytes").await > 50 * 188_000);
    let requesting = async {
        loop {
            sleep(Duration::from_secs(7)).await;
            let Ok(cheap) = http2.query("{ __typename }").await else { return };
            let _answer = cheap.await;
        }
    };
    timeout(Duration::from_mins(5), requesting).await.expect("the connection is ended");
    let took = http2.ended().await - start;
    assert_eq!(took.as_millis() / 1_000, 60);
    assert_eq!(number(&pipe, "bff_unread_bytes").await, 0);

    // An HTTP/1.1 client that reads nothing is cut off as well.
    let mut stream = pipe.connect().unwrap();
    let start = Instant::now();
    let body = json!({ "query": LONG }).to_string();
    let head = "POST /graphql HTTP/1.1\r\nhost: bff\r\ncontent-type: application/json\r\n";
    let request = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(request.repeat(5).as_bytes()).await.unwrap();
    while number(&pipe, "bff_connections").await > 1 {
        sleep(Duration::from_secs(1)).await;
    }
    assert_eq!(start.elapsed().as_secs(), 60);
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_makes_progress_is_not_cut_off() {
    let pipe = Pipe::open(AnyClient::of::<Plain>());
    let mut stream = pipe.connect().unwrap();
    let body = json!({ "query": LONG }).to_string();
    let head = "POST /graphql HTTP/1.1\r\nhost: bff\r\ncontent-type: application/json\r\n";
    let request = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(request.repeat(5).as_bytes()).await.unwrap();
    let mut read = 0;
    let mut some = vec![0; 6_000];
    // Reading takes more than two and a half minutes.
    while read < 5 * 188_000 {
        sleep(Duration::from_secs(1)).await;
        let count = stream.read(&mut some).await.unwrap();
        assert_ne!(count, 0, "cut off after {read} bytes");
        read += count;
    }

    let mut http2 = Http2::open(&pipe, 12_000).await;
    let mut body = http2.query(LONG).await.unwrap().await.unwrap().into_body();
    let mut read = 0;
    while let Some(data) = body.data().await {
        let count = data.unwrap().len();
        read += count;
        // The client reads 6 kB a second.
        sleep(Duration::from_micros(count as u64 * 1_000 / 6)).await;
        body.flow_control().release_capacity(count).unwrap();
    }
    assert!(read > 188_000, "{read}");
}

#[tokio::test(start_paused = true)]
async fn unread_bytes_of_all_clients_are_bounded_and_clients_that_read_lose_nothing() {
    let bound = 4 * 1024 * 1024;
    let pipe = Pipe::with(
        AnyClient::of::<Plain>(),
        move |config| config.server.max_unread_bytes = bound,
        std::future::pending(),
    );
    let mut greedy = Vec::new();
    for _ in 0..10 {
        let mut http2 = Http2::open(&pipe, 0).await;
        let mut answers = Vec::new();
        for _ in 0..20 {
            match http2.query(LONG).await {
                Ok(answer) => answers.push(answer.await),
                Err(_ended) => break,
            }
        }
        sleep(Duration::from_secs(2)).await;
        // Another client reads its answer.
        pipe.query(LONG).await.whole();
        let unread = number(&pipe, "bff_unread_bytes").await;
        assert!(unread <= bound as u64 + 20 * 188_100, "{unread}");
        greedy.push((http2, answers));
    }
    let request = Request::get("/metrics").header(header::HOST, "bff").body(Full::default()).unwrap();
    let text = pipe.http1().await.send(request).await.text;
    assert!(text.contains("bff_connections_closed_total{reason=\"unread_bytes\"}"), "{text}");
}
