//! A small HTTP client for an issuer or identity provider: HTTP/1.1, TLS by given roots, no redirects, bounded answers.
//!
//! Each exchange opens a connection of its own, since seconds or minutes lie between two.

mod endpoint;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::header::{HOST, USER_AGENT};
use http::{HeaderValue, Request, Response, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper::rt::{Read, Write};
use hyper_util::rt::TokioIo;
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

pub(crate) use endpoint::Endpoint;

/// Upper bound on the bytes of an answer.
const MAX_BYTES: usize = 256 * 1024;

/// Exchanges requests for answers of at most 256 KiB, each within a time. A redirect is an answer like any other.
pub(crate) struct HttpClient {
    tls: TlsConnector,
    timeout: Duration,
}

/// A request that got no answer, or a URL to which none is sent. It tells nothing of the request but its host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HttpError(String);

impl HttpError {
    pub(crate) fn new(problem: impl Into<String>) -> Self {
        Self(problem.into())
    }
}

impl HttpClient {
    /// Creates a client that trusts servers whose certificates lead to one of `roots`.
    pub(crate) fn new(roots: RootCertStore, timeout: Duration) -> Result<Self, HttpError> {
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| failure("TLS cannot be set up", &error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { tls: TlsConnector::from(Arc::new(config)), timeout })
    }

    /// Sends a request to the absolute URL that it names: `https`, or `http` for loopback hosts. The exchange is cut
    /// short by dropping it.
    pub(crate) fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, HttpError>> {
        async move {
            let answer = timeout(self.timeout, self.connect_and_exchange(request)).await;
            answer.unwrap_or_else(|_| Err(HttpError::new("no answer in time")))
        }
        .boxed()
    }

    async fn connect_and_exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let endpoint = Endpoint::of(request.uri()).map_err(|problem| failure("the URL", &problem))?;
        let stream = TcpStream::connect((endpoint.host.as_str(), endpoint.port));
        let stream = stream.await.map_err(|error| failure("connecting failed", &error))?;
        match endpoint.tls_name {
            None => exchange(TokioIo::new(stream), request).await,
            Some(name) => {
                let stream = self.tls.connect(name, stream).await;
                let stream = stream.map_err(|error| failure("the TLS handshake failed", &error))?;
                exchange(TokioIo::new(stream), request).await
            }
        }
    }
}

async fn exchange(
    io: impl Read + Write + Unpin,
    request: Request<Bytes>,
) -> Result<Response<Bytes>, HttpError> {
    let failed = |error| failure("the exchange failed", &error);
    let (mut sender, connection) = http1::handshake(io).await.map_err(failed)?;
    let answer = async {
        let answer = sender.send_request(on_the_wire(request)?).await.map_err(failed)?;
        let (head, body) = answer.into_parts();
        let body = Limited::new(body, MAX_BYTES).collect().await;
        let body = body.map_err(|error| failure("the body cannot be read", &error))?;
        Ok(Response::from_parts(head, body.to_bytes()))
    };
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

/// Returns the request as it is sent to the server that its URL names.
fn on_the_wire(request: Request<Bytes>) -> Result<Request<Full<Bytes>>, HttpError> {
    let unusable = |_| HttpError::new("the request cannot be made");
    let (mut head, body) = request.into_parts();
    let host = head.uri.authority().map_or("", |it| it.as_str());
    head.headers
        .insert(HOST, HeaderValue::from_str(host).map_err(|_| HttpError::new("the host is malformed"))?);
    head.headers.insert(USER_AGENT, HeaderValue::from_static("bff-kit"));
    head.uri = head.uri.path_and_query().map_or("/", |it| it.as_str()).parse::<Uri>().map_err(unusable)?;
    Ok(Request::from_parts(head, Full::new(body)))
}

fn failure(happened: &str, error: &dyn fmt::Display) -> HttpError {
    HttpError(format!("{happened}: {error}"))
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("HttpClient").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for HttpError {}
