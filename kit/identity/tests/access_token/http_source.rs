//! Keys behind a URL.

use std::sync::Arc;

use identity::{HttpKeySource, KeySource as _, trusted_roots};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// Answers one request with a text, and returns the request.
async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin, text: &str) -> String {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(stream.read_u8().await.unwrap());
    }
    // The client hangs up on answers that are too long.
    let _ = stream.write_all(text.as_bytes()).await;
    let _ = stream.shutdown().await;
    String::from_utf8(request).unwrap()
}

/// Fetches over plain HTTP from a server that answers like this.
async fn fetched(text: &str) -> Result<String, String> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/keys?v=1", listener.local_addr().unwrap());
    let source = HttpKeySource::new(&url, RootCertStore::empty()).unwrap();
    let served = async {
        let (stream, _) = listener.accept().await.unwrap();
        answer(stream, text).await
    };
    let (body, request) = tokio::join!(source.fetch(), served);
    assert!(request.starts_with("GET /keys?v=1 HTTP/1.1\r\n"), "{request}");
    let body = body.map_err(|error| error.to_string())?;
    Ok(String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn the_body_of_a_good_answer_is_the_key_set() {
    let text = "HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n{\"keys\":[]}";
    assert_eq!(fetched(text).await.unwrap(), "{\"keys\":[]}");
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nb\r\n{\"keys\":[]}\r\n0\r\n\r\n";
    assert_eq!(fetched(chunked).await.unwrap(), "{\"keys\":[]}");
}

#[tokio::test]
async fn any_other_answer_is_a_failure() {
    let long = format!("HTTP/1.1 200 OK\r\ncontent-length: 300000\r\n\r\n{}", " ".repeat(300_000));
    let cases = [
        ("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n", "status"),
        ("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", "status"),
        ("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"keys\":", "body"),
        ("SSH-2.0-OpenSSH\r\n\r\n", "exchange"),
        (&long, "body"),
    ];
    for (text, expected) in cases {
        let error = fetched(text).await.unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
}

#[tokio::test]
async fn keys_come_over_tls_from_a_server_that_is_trusted_and_from_no_other() {
    let issued = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, issued.cert.pem()).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(issued.signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![issued.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(stream) = acceptor.accept(stream).await {
                answer(stream, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
            }
        }
    });

    let url = format!("https://localhost:{port}/keys");
    let trusted = HttpKeySource::new(&url, trusted_roots(Some(&ca)).unwrap()).unwrap();
    assert_eq!(trusted.fetch().await.unwrap(), "{}");
    let stranger = HttpKeySource::new(&url, RootCertStore::empty()).unwrap();
    assert!(stranger.fetch().await.unwrap_err().to_string().contains("certificate"));
    let other_name = format!("https://127.0.0.1:{port}/keys");
    let other_name = HttpKeySource::new(&other_name, trusted_roots(Some(&ca)).unwrap()).unwrap();
    assert!(other_name.fetch().await.unwrap_err().to_string().contains("certificate"));
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_a_failure() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let source = HttpKeySource::new(&url, RootCertStore::empty()).unwrap();
    assert!(source.fetch().await.unwrap_err().to_string().contains("connecting"));
}

#[test]
fn only_https_and_loopback_are_accepted() {
    let accepted = |url: &str| HttpKeySource::new(url, RootCertStore::empty()).is_ok();
    for url in
        ["https://id.example/keys", "http://localhost:8080/keys", "http://127.0.0.9/", "http://[::1]:1/"]
    {
        assert!(accepted(url), "{url}");
    }
    for url in [
        "",
        "/keys",
        "id.example",
        "http://id.example/",
        "http://localhost.id.example/",
        "ftp://localhost/",
        "https://",
    ] {
        assert!(!accepted(url), "{url}");
    }
    let with_password = HttpKeySource::new("https://user:secret@id.example/", RootCertStore::empty());
    assert!(!with_password.unwrap_err().to_string().contains("secret"));
}

#[test]
fn a_file_without_certificates_gives_no_roots() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ca.pem");
    assert!(trusted_roots(Some(&file)).is_err(), "no file");
    std::fs::write(&file, "nothing").unwrap();
    assert!(trusted_roots(Some(&file)).unwrap_err().to_string().contains("ca.pem"));
}
