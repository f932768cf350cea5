//! A key set behind a URL.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use http::header::ACCEPT;
use http::{Request, StatusCode, Uri};
use rustls::RootCertStore;

use super::source::{KeySource, KeySourceError};
use crate::http_client::{HttpClient, HttpError, checked};

/// Time after which a fetch ends on its own. Callers bound it by less.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Fetches a key set from the URL that the issuer publishes as `jwks_uri` (RFC 8414), over HTTP/1.1. No redirect is
/// followed. Each fetch opens a connection of its own, since minutes lie between two. It is cut short by dropping it.
pub struct HttpKeySource {
    url: Uri,
    client: HttpClient,
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
        let url =
            checked(url).map_err(|problem| HttpKeySourceError(format!("the URL of the keys {problem}")))?;
        let client = HttpClient::new(roots, TIMEOUT);
        Ok(Self { url, client: client.map_err(|error| HttpKeySourceError(error.to_string()))? })
    }
}

impl KeySource for HttpKeySource {
    fn fetch(&self) -> BoxFuture<'_, Result<Bytes, KeySourceError>> {
        fetch_json(&self.client, self.url.clone(), "application/jwk-set+json, application/json").boxed()
    }
}

/// Returns the body of an answer with status 200. A redirect is an answer like any other that is not 200.
pub(crate) async fn fetch_json(
    client: &HttpClient,
    url: Uri,
    accept: &'static str,
) -> Result<Bytes, KeySourceError> {
    let request = Request::get(url).header(ACCEPT, accept).body(Bytes::new());
    let request = request.map_err(|_| KeySourceError::new("the request cannot be made"))?;
    let answer = client.send(request).await?;
    match answer.status() {
        StatusCode::OK => Ok(answer.into_body()),
        status => Err(KeySourceError::new(format!("the status is {status}"))),
    }
}

impl From<HttpError> for KeySourceError {
    fn from(error: HttpError) -> Self {
        Self::new(error.to_string())
    }
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
