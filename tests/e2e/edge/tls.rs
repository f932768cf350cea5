//! TLS of a server with a certificate.

mod identity;

use std::path::Path;

use bff_kit::host::config::{Config, TlsConfig};
use bff_kit::host::{Server, Tcp};
use bytes::Bytes;
use http::{Request, Version, header};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::{Duration, Instant};

use identity::Identity;

use crate::support::Connection;

fn request(uri: &str) -> Request<Full<Bytes>> {
    Request::post(uri)
        .header(header::HOST, "bff")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Full::from("{\"query\":\"{__typename}\"}"))
        .unwrap()
}

#[tokio::test]
async fn both_versions_of_http_are_spoken_behind_tls() {
    let identity = Identity::new();
    let pipe = identity.pipe();
    let mut connection = Connection::over(identity.connect(&pipe, b"http/1.1").await).await;
    for _ in 0..2 {
        let answer = connection.send(request("/graphql")).await.whole();
        assert_eq!(answer.text, "{\"data\":{\"__typename\":\"Query\"}}");
    }

    let io = TokioIo::new(identity.connect(&pipe, b"h2").await);
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), io).await.unwrap();
    let mut running = JoinSet::new();
    running.spawn(async move { drop(connection.await) });
    let mut request = request("https://bff/graphql");
    request.headers_mut().remove(header::HOST);
    let response = sender.send_request(request).await.unwrap();
    assert_eq!((response.status().as_u16(), response.version()), (200, Version::HTTP_2));
    assert_eq!(
        response.into_body().collect().await.unwrap().to_bytes(),
        "{\"data\":{\"__typename\":\"Query\"}}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_handshake_that_does_not_come_holds_up_nobody_and_is_given_up() {
    let identity = Identity::new();
    let pipe = identity.pipe();
    let start = Instant::now();
    let mut silent: Vec<_> = (0..20).map(|_| pipe.connect().unwrap()).collect();
    let mut plain = pipe.connect().unwrap();
    plain.write_all(b"GET /healthz HTTP/1.1\r\nhost: bff\r\n\r\n").await.unwrap();
    let mut connection = Connection::over(identity.connect(&pipe, b"http/1.1").await).await;
    connection.send(request("/graphql")).await.whole();
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    for stream in &mut silent {
        let mut said = Vec::new();
        stream.read_to_end(&mut said).await.unwrap();
        assert!(said.is_empty());
    }
    assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
    let mut said = Vec::new();
    let _end = plain.read_to_end(&mut said).await;
    assert!(!said.starts_with(b"HTTP"), "{}", String::from_utf8_lossy(&said));
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_is_one_line_that_names_its_key() {
    let (identity, other) = (Identity::new(), Identity::new());
    std::fs::write(identity.path("empty.pem"), "").unwrap();
    std::fs::write(identity.path("broken.pem"), "-----BEGIN CERTIFICATE-----\nnonsense").unwrap();
    let good = identity.config();
    let cases: [(&Path, &Path, &str); 6] = [
        (&identity.path("nowhere.pem"), &good.key, "server.tls.certificate: "),
        (&identity.path("empty.pem"), &good.key, "server.tls.certificate: "),
        (&identity.path("broken.pem"), &good.key, "server.tls.certificate: "),
        (&good.certificate, &identity.path("nowhere.pem"), "server.tls.key: "),
        (&good.certificate, &good.certificate, "server.tls.key: "),
        (&good.certificate, &other.config().key, "server.tls.key: does not fit"),
    ];
    for (certificate, key, expected) in cases {
        let mut config = Config::development();
        config.server.tls = Some(TlsConfig { certificate: certificate.to_owned(), key: key.to_owned() });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let served = Server::new(config).serve(bff_iot::client(), listener, Tcp, async {}).await;
        let error = served.unwrap_err().to_string();
        assert!(error.starts_with(expected) && !error.contains('\n'), "{error}");
    }
}
