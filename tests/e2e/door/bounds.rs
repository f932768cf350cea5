//! Limits on connections and requests of a server, and the heads of requests it accepts.

use bff_kit::host::config::{Config, LogFormat};
use http::{Request, StatusCode, header};
use http_body_util::Full;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::Http2;
use crate::support::{Logged, Pipe, Shop};

const HEALTH: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n";

/// Opens a connection and sends a request on it; `None` if the connection is closed without an answer.
async fn answered(shop: &Shop) -> Option<TcpStream> {
    let mut stream = TcpStream::connect(shop.iot).await.unwrap();
    // Writing fails if the connection is closed already.
    let _sent = stream.write_all(HEALTH).await;
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.ok().map(|_| stream)
}

/// Number of ten connections that are answered while all of them stay open.
async fn of_ten(configure: impl Fn(&mut Config)) -> usize {
    let shop = Shop::with(|config| {
        // The shop itself needs a connection now and then.
        configure(config);
    })
    .await;
    let mut open = Vec::new();
    for _ in 0..10 {
        open.extend(answered(&shop).await);
    }
    let count = open.len();
    drop(open);
    // Closed connections make room again, as soon as the server notices.
    while answered(&shop).await.is_none() {}
    count
}

#[tokio::test]
async fn an_address_has_so_many_connections_unless_it_is_a_trusted_proxy() {
    assert_eq!(of_ten(|_| {}).await, 10);
    let logged = Logged::start(LogFormat::Json);
    assert_eq!(of_ten(|config| config.server.max_connections = 7).await, 7);
    assert!(!logged.saying("turned a connection away, past the bound of all").is_empty());
    assert_eq!(of_ten(|config| config.server.max_connections_per_address = 3).await, 3);
    for proxy in ["127.0.0.1", "127.0.0.0/8"] {
        let trusted = |config: &mut Config| {
            config.server.max_connections_per_address = 3;
            config.server.trusted_proxies = vec![proxy.to_owned()];
        };
        assert_eq!(of_ten(trusted).await, 10, "{proxy}");
    }
    let others = |config: &mut Config| {
        config.server.max_connections_per_address = 3;
        config.server.trusted_proxies = vec!["10.0.0.0/8".to_owned()];
    };
    assert_eq!(of_ten(others).await, 3);
}

/// Sends requests whose answers are not read, until one is rejected. Returns the accepted ones, and the rejection with
/// its status.
async fn until_rejected(http2: &mut Http2) -> (Vec<h2::RecvStream>, h2::RecvStream, StatusCode) {
    let mut held = Vec::new();
    loop {
        let answer = http2.query("{ __typename }").await.unwrap().await.unwrap();
        let status = answer.status();
        if status != StatusCode::OK {
            assert_eq!(answer.headers()[header::RETRY_AFTER], "1");
            return (held, answer.into_body(), status);
        }
        held.push(answer.into_body());
    }
}

#[tokio::test(start_paused = true)]
async fn all_clients_together_have_so_many_requests_under_way() {
    let pipe = Pipe::with(bff_iot::client(), |config| config.server.max_requests = 7, std::future::pending());
    let mut http2 = Http2::open(&pipe, 0).await;
    let (held, request_error, status) = until_rejected(&mut http2).await;
    assert_eq!((held.len(), status), (7, StatusCode::SERVICE_UNAVAILABLE));
    // A health check does not count as a request.
    let health = Request::get("/healthz").header(header::HOST, "bff").body(Full::default()).unwrap();
    assert_eq!(pipe.http1().await.send(health).await.status, StatusCode::OK);
    let rejected = pipe.query("{ __typename }").await;
    assert!(rejected.text.contains("\"code\":\"OVERLOADED\""), "{}", rejected.text);
    drop((held, request_error, http2));
    while pipe.query("{ __typename }").await.status != StatusCode::OK {}
}

#[tokio::test]
async fn an_address_has_so_many_requests_under_way_unless_it_is_a_trusted_proxy() {
    let logged = Logged::start(LogFormat::Json);
    let bound = |config: &mut Config| config.server.max_requests_per_address = 7;
    let shop = Shop::with(bound).await;
    let mut one = Http2::over(TcpStream::connect(shop.iot).await.unwrap(), "127.0.0.1", 0).await;
    let (held, _rejection, status) = until_rejected(&mut one).await;
    assert_eq!((held.len(), status), (7, StatusCode::TOO_MANY_REQUESTS));
    // The limit also holds on another connection.
    let mut other = Http2::over(TcpStream::connect(shop.iot).await.unwrap(), "127.0.0.1", 0).await;
    assert_eq!(until_rejected(&mut other).await.0.len(), 0);
    let rejected = shop.iot("{ __typename }").await;
    assert_eq!(rejected.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(rejected.text.contains("\"code\":\"RATE_LIMITED\""), "{}", rejected.text);
    assert_eq!(logged.saying("rejected a request: too_many").len(), 1);

    let trusted = |config: &mut Config| {
        bound(config);
        config.server.trusted_proxies = vec!["127.0.0.1".to_owned()];
    };
    let shop = Shop::with(trusted).await;
    let mut proxy = Http2::over(TcpStream::connect(shop.iot).await.unwrap(), "127.0.0.1", 0).await;
    let mut answers = Vec::new();
    for _ in 0..20 {
        answers.push(proxy.query("{ __typename }").await.unwrap().await.unwrap());
    }
    assert!(answers.iter().all(|answer| answer.status() == StatusCode::OK));
}

#[tokio::test]
async fn a_head_with_a_line_feed_alone_gets_400_and_the_connection_ends() {
    let shop = Shop::open().await;
    let good = "GET /graphql?query=%7B__typename%7D HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n";
    let ahead = "POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n";
    let body = "{\n\"query\": \"{__typename}\"\n}";
    let length = format!("content-length: {}\r\n\r\n{body}", body.len());
    let chunks = format!("transfer-encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    for (head, status) in [
        (good.to_owned(), "200"),
        (good.replacen("\r\n", "\n", 1), "400"),
        (good.replace("127.0.0.1\r\n", "127.0.0.1\n"), "400"),
        (good.replace("close\r\n\r\n", "close\r\n\n"), "400"),
        (good.replace("\r\n", "\n"), "400"),
    ] {
        // The bad head may also follow requests that come in one piece with it, which are answered.
        for (ahead, before) in [
            (String::new(), vec![]),
            (format!("{ahead}{length}"), vec!["200"]),
            (format!("{ahead}{chunks}{ahead}{length}"), vec!["200", "200"]),
        ] {
            let mut stream = TcpStream::connect(shop.iot).await.unwrap();
            stream.write_all(format!("{ahead}{head}").as_bytes()).await.unwrap();
            let mut said = String::new();
            stream.read_to_string(&mut said).await.unwrap();
            let statuses: Vec<_> =
                said.match_indices("HTTP/1.1 ").map(|(at, start)| &said[at + start.len()..][..3]).collect();
            assert_eq!(statuses, [before.as_slice(), &[status]].concat(), "{ahead:?} {head:?}: {said}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn rejections_on_a_connection_that_reads_nothing_are_heads_alone() {
    let pipe = Pipe::with(bff_iot::client(), |config| config.server.max_requests = 7, std::future::pending());
    let mut http2 = Http2::open(&pipe, 0).await;
    let mut answers = Vec::new();
    for _ in 0..90 {
        answers.push(http2.query("{ __typename }").await.unwrap().await.unwrap());
    }
    let heads: Vec<_> = answers.iter().filter(|answer| answer.body().is_end_stream()).collect();
    // Seven answers and two rejections wait to be read; the others ended their streams.
    assert_eq!(heads.len(), 90 - 9);
    for head in heads {
        assert_eq!(head.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(head.headers()[header::RETRY_AFTER], "1");
        assert!(!head.headers().contains_key(header::CONTENT_TYPE), "{head:?}");
    }
    // On a connection that is read, a rejection has a body.
    let rejected = pipe.query("{ __typename }").await;
    assert!(rejected.text.contains("\"code\":\"OVERLOADED\""), "{}", rejected.text);
}

#[tokio::test(start_paused = true)]
async fn small_answers_that_nobody_reads_end_the_connection_that_holds_them() {
    let pipe = Pipe::with(
        bff_iot::client(),
        |config| config.server.max_unread_bytes = 1024 * 1024,
        std::future::pending(),
    );
    for (streams, milliseconds) in [(70, 1_000), (140, 250)] {
        let mut connections = Vec::new();
        for _ in 0..2 {
            connections.push(Http2::open(&pipe, 0).await);
        }
        let start = Instant::now();
        let mut answers = Vec::new();
        for stream in 0..streams {
            let http2 = &mut connections[stream % 2];
            answers.push(http2.query("{ __typename }").await.unwrap().await.unwrap());
        }
        // The more is left unread, the less time there is.
        let ended = futures_util::future::select_all(connections.iter_mut().map(|it| Box::pin(it.ended())));
        let after = ended.await.0.duration_since(start).as_millis();
        assert!((milliseconds..=milliseconds + 50).contains(&after), "{streams}: {after} ms");
        drop(answers);
        assert_eq!(pipe.query("{ __typename }").await.status, StatusCode::OK);
    }
}
