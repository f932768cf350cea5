//! A key set behind a URL.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::header::{ACCEPT, HOST, USER_AGENT};
use http::{Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::rt::{Read, Write};
use hyper_util::rt::TokioIo;
use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::source::{KeySource, KeySourceError};

/// Upper bound on the bytes of a key set.
const MAX_BYTES: usize = 256 * 1024;

/// Fetches a key set from the URL that the issuer publishes as `jwks_uri` (RFC 8414), over HTTP/1.1. No redirect is
/// followed. Each fetch opens a connection of its own, since minutes lie between two. It is cut short by dropping it.
pub struct HttpKeySource {
    url: Uri,
    host: String,
    port: u16,
    /// `None` for plain HTTP.
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

/// A URL or configuration from which no key set can be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpKeySourceError(String);

impl HttpKeySourceError {
    pub(super) fn new(problem: impl Into<String>) -> Self {
        Self(problem.into())
    }
}

impl HttpKeySource {
    /// Creates the source at a URL, trusting servers whose certificates lead to one of `roots`. Fails if the URL is not
    /// an absolute `https` one; `http` is accepted for loopback hosts alone, for development.
    pub fn new(url: &str, roots: RootCertStore) -> Result<Self, HttpKeySourceError> {
        let wrong = |problem: &str| HttpKeySourceError(format!("the URL of the keys {problem}"));
        let url: Uri = url.parse().map_err(|_| wrong("cannot be read"))?;
        let authority = url.authority().ok_or_else(|| wrong("is not absolute"))?;
        if authority.as_str().contains('@') {
            return Err(wrong("holds a user"));
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        let (tls, port) = match url.scheme_str() {
            Some("https") => {
                let name = ServerName::try_from(host.clone()).map_err(|_| wrong("has no valid host"))?;
                (Some((connector(roots)?, name)), 443)
            }
            Some("http") if is_loopback(&host) => (None, 80),
            _ => return Err(wrong("is not https, and http is for loopback alone")),
        };
        let port = authority.port_u16().unwrap_or(port);
        Ok(Self { url, host, port, tls })
    }

    async fn exchange(&self, io: impl Read + Write + Unpin) -> Result<Bytes, KeySourceError> {
        let failed = |error| failure("the exchange failed", &error);
        let (mut sender, connection) = http1::handshake(io).await.map_err(failed)?;
        let answer = async { body(sender.send_request(self.request()?).await.map_err(failed)?).await };
        // The connection is part of this future, so that no task outlives it.
        let connection = async {
            let _ = connection.await;
            std::future::pending().await
        };
        tokio::select! {
            answer = answer => answer,
            never = connection => never,
        }
    }

    fn request(&self) -> Result<Request<Empty<Bytes>>, KeySourceError> {
        let target = self.url.path_and_query().map_or("/", |it| it.as_str());
        let host = self.url.authority().map_or("", |it| it.as_str());
        Request::get(target)
            .header(HOST, host)
            .header(ACCEPT, "application/jwk-set+json, application/json")
            .header(USER_AGENT, "bff-kit")
            .body(Empty::new())
            .map_err(|error| failure("the request cannot be made", &error))
    }
}

impl KeySource for HttpKeySource {
    fn fetch(&self) -> BoxFuture<'_, Result<Bytes, KeySourceError>> {
        async {
            let stream = TcpStream::connect((self.host.as_str(), self.port));
            let stream = stream.await.map_err(|error| failure("connecting failed", &error))?;
            match &self.tls {
                None => self.exchange(TokioIo::new(stream)).await,
                Some((tls, name)) => {
                    let stream = tls.connect(name.clone(), stream).await;
                    let stream = stream.map_err(|error| failure("the TLS handshake failed", &error))?;
                    self.exchange(TokioIo::new(stream)).await
                }
            }
        }
        .boxed()
    }
}

/// Reads the body of an answer with status 200. A redirect is an answer like any other that is not 200.
async fn body(answer: Response<Incoming>) -> Result<Bytes, KeySourceError> {
    let status = answer.status();
    if status != StatusCode::OK {
        return Err(KeySourceError::new(format!("the status is {status}")));
    }
    let body = Limited::new(answer.into_body(), MAX_BYTES).collect().await;
    Ok(body.map_err(|error| KeySourceError::new(format!("the body cannot be read: {error}")))?.to_bytes())
}

fn connector(roots: RootCertStore) -> Result<TlsConnector, HttpKeySourceError> {
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| HttpKeySourceError(format!("TLS cannot be set up: {error}")))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsConnector::from(Arc::new(config)))
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|it| it.is_loopback())
}

fn failure(happened: &str, error: &dyn fmt::Display) -> KeySourceError {
    KeySourceError::new(format!("{happened}: {error}"))
}

impl fmt::Debug for HttpKeySource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("HttpKeySource").field("url", &self.url).finish_non_exhaustive()
    }
}

impl fmt::Display for HttpKeySourceError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for HttpKeySourceError {}
