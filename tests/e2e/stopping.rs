//! Graceful shutdown of a server.

use bff_kit::AnyClient;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};

use crate::support::{Pipe, Plain};

#[tokio::test(start_paused = true)]
async fn running_requests_finish_and_no_more_are_taken() {
    let (stop, stopped) = oneshot::channel::<()>();
    let mut pipe = Pipe::with(AnyClient::of::<Plain>(), |_| {}, async { drop(stopped.await) });
    let start = Instant::now();
    let (answer, ()) = tokio::join!(pipe.query("{ after(ms: 3000) }"), async {
        sleep(Duration::from_millis(500)).await;
        stop.send(()).unwrap();
    });
    assert_eq!(answer.whole().body["data"], json!({ "after": 3000 }));
    pipe.ended().await;
    assert!(start.elapsed() < Duration::from_secs(4));
    assert!(pipe.connect().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_request_that_takes_too_long_is_cut_off() {
    let (stop, stopped) = oneshot::channel::<()>();
    let mut pipe =
        Pipe::with(AnyClient::of::<Plain>(), |config| config.server.drain_timeout_ms = 1_000, async {
            drop(stopped.await);
        });
    let mut stream = pipe.connect().unwrap();
    let body = json!({ "query": "{ after(ms: 60000) }" }).to_string();
    let head = "POST /graphql HTTP/1.1\r\nhost: bff\r\ncontent-type: application/json\r\n";
    let request = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(request.as_bytes()).await.unwrap();
    sleep(Duration::from_millis(100)).await;
    let start = Instant::now();
    stop.send(()).unwrap();
    pipe.ended().await;
    assert!(start.elapsed() < Duration::from_millis(1_500), "{:?}", start.elapsed());
    let mut said = String::new();
    let _end = stream.read_to_string(&mut said).await;
    assert_eq!(said, "");
}

#[tokio::test(start_paused = true)]
async fn readiness_says_so_before_any_client_is_turned_away() {
    let (stop, stopped) = oneshot::channel::<()>();
    let mut pipe =
        Pipe::with(AnyClient::of::<Plain>(), |config| config.server.stop_delay_ms = Some(2_000), async {
            drop(stopped.await);
        });
    let ready = async |pipe: &Pipe| {
        let mut stream = pipe.connect().unwrap();
        stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: bff\r\nconnection: close\r\n\r\n").await.unwrap();
        let mut said = String::new();
        stream.read_to_string(&mut said).await.unwrap();
        said.split(' ').nth(1).unwrap().to_owned()
    };
    assert_eq!(ready(&pipe).await, "200");
    stop.send(()).unwrap();
    sleep(Duration::from_secs(1)).await;
    assert_eq!(ready(&pipe).await, "503");
    pipe.query("{ after(ms: 10) }").await.whole();
    pipe.ended().await;
    assert!(pipe.connect().is_none());
}
