//! A server that was told to stop and still answers for a while.

use bff_kit::AnyClient;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, header};
use http_body_util::Full;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};

use super::Http2;
use crate::support::{Answer, Connection, Pipe, Plain};

/// A server that was told to stop half a second ago, and accepts requests for five seconds.
struct Draining {
    pipe: Pipe,
    kept_alive: Connection,
    http2: Http2,
}

async fn draining() -> Draining {
    let (stop, stopped) = oneshot::channel::<()>();
    let configure = |config: &mut bff_kit::host::config::Config| config.server.stop_delay_ms = Some(5_000);
    let pipe = Pipe::with(AnyClient::of::<Plain>(), configure, async { drop(stopped.await) });
    let mut kept_alive = pipe.http1().await;
    let answer = send(&mut kept_alive).await;
    assert!(!answer.headers.contains_key(header::CONNECTION), "{:?}", answer.headers);
    let mut http2 = Http2::open(&pipe, 65_535).await;
    http2.query("{ __typename }").await.unwrap().await.unwrap();
    stop.send(()).unwrap();
    sleep(Duration::from_millis(500)).await;
    Draining { pipe, kept_alive, http2 }
}

async fn send(connection: &mut Connection) -> Answer {
    let request = Request::get("/graphql?query=%7B__typename%7D").header(header::HOST, "bff");
    connection.send(request.body(Full::<Bytes>::default()).unwrap()).await.whole()
}

#[tokio::test(start_paused = true)]
async fn answers_of_http_1_say_that_the_connection_ends_and_nobody_is_turned_away() {
    let mut draining = draining().await;
    let start = Instant::now();
    // The answer says so on a kept connection and on a new one.
    let answer = send(&mut draining.kept_alive).await;
    assert_eq!(answer.headers[header::CONNECTION], "close");
    let answer = send(&mut draining.pipe.http1().await).await;
    assert_eq!(answer.headers[header::CONNECTION], "close");
    draining.pipe.ended().await;
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn connections_of_http_2_are_told_at_once_and_streams_under_way_finish() {
    let mut draining = draining().await;
    let start = Instant::now();
    // The connection that was open is told to close, and closes.
    draining.http2.ended().await;
    assert!(draining.http2.query("{ __typename }").await.is_err());
    // A new connection is answered, however long a stream takes, and is told to close with its first answer.
    let mut new = Http2::open(&draining.pipe, 65_535).await;
    let slow = new.query("{ after(ms: 2000) }").await.unwrap();
    let quick = new.query("{ __typename }").await.unwrap();
    assert_eq!(quick.await.unwrap().status(), 200);
    assert_eq!(slow.await.unwrap().status(), 200);
    new.ended().await;
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
}
