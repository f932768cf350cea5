//! A small HTTP client for an issuer or identity provider: HTTP/1.1, TLS by given roots, no redirects, bounded answers.

mod url;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::header::USER_AGENT;
use http::{HeaderValue, Request, Response};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use tokio::time::timeout;

pub(crate) use url::checked;

/// Upper bound on the bytes of an answer.
const MAX_BYTES: usize = 256 * 1024;

/// Time for which an idle connection may be used again: less than that after which the usual servers end it, which is 5 s.
const REUSE: Duration = Duration::from_secs(4);

/// Upper bound on the idle connections to one host.
const MAX_IDLE: usize = 16;

/// Exchanges requests for answers of at most 256 KiB, each within a time. A redirect is an answer like any other. Its
/// connections end with it.
pub(crate) struct HttpClient {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
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
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| failure("TLS cannot be set up", &error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let connector = HttpsConnectorBuilder::new().with_tls_config(config).https_or_http().enable_http1();
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(REUSE)
            .pool_max_idle_per_host(MAX_IDLE)
            .build(connector.build());
        Ok(Self { client, timeout })
    }

    /// Sends a request to the absolute URL that it names: `https`, or `http` for loopback hosts. The exchange is cut
    /// short by dropping it.
    pub(crate) fn send(&self, request: Request<Bytes>) -> BoxFuture<'_, Result<Response<Bytes>, HttpError>> {
        async move {
            let answer = timeout(self.timeout, self.exchange(request)).await;
            answer.unwrap_or_else(|_| Err(HttpError::new("no answer in time")))
        }
        .boxed()
    }

    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        url::check(request.uri()).map_err(|problem| failure("the URL", &problem))?;
        let mut request = request.map(Full::new);
        request.headers_mut().insert(USER_AGENT, HeaderValue::from_static("bff-kit"));
        let answer = self.client.request(request).await.map_err(|error| exchange_failed(&error))?;
        let (head, body) = answer.into_parts();
        let body = Limited::new(body, MAX_BYTES).collect().await;
        let body = body.map_err(|error| failure("the body cannot be read", &error))?;
        Ok(Response::from_parts(head, body.to_bytes()))
    }
}

/// Returns the failure of an exchange with its innermost cause, since the outer ones name none.
fn exchange_failed(error: &hyper_util::client::legacy::Error) -> HttpError {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    failure(if error.is_connect() { "connecting failed" } else { "the exchange failed" }, &cause)
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
