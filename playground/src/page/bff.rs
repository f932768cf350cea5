//! A BFF that the page speaks to by its address: a server in development.

use std::fmt;
use std::str::FromStr;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderName, Uri, header};
use axum::response::Response;
use http_body_util::{BodyExt as _, Collected};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

/// Headers of a request that belong to the page and not to the BFF: those of the connection, those by which a browser tells
/// where a request comes from, and the cookies of this machine.
const OF_THE_PAGE: [HeaderName; 7] = [
    header::HOST,
    header::ORIGIN,
    header::REFERER,
    header::COOKIE,
    header::CONNECTION,
    header::TRANSFER_ENCODING,
    header::TE,
];

/// A BFF, by its address, such as `http://127.0.0.1:8080`.
#[derive(Clone)]
pub struct Bff {
    address: String,
    http: Client<HttpConnector, Body>,
}

impl FromStr for Bff {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let uri: Uri = text.parse().map_err(|_| "it is no address".to_owned())?;
        match (uri.scheme_str(), uri.authority(), uri.path()) {
            (Some("http"), Some(authority), "/") => {
                let http = Client::builder(TokioExecutor::new()).build_http();
                Ok(Self { address: format!("http://{authority}"), http })
            }
            _ => Err("write the address of a BFF of this machine, such as http://127.0.0.1:8080".to_owned()),
        }
    }
}

impl fmt::Display for Bff {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.address)
    }
}

impl fmt::Debug for Bff {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Bff").field(&self.address).finish()
    }
}

impl Bff {
    /// Asks the BFF for its name and its operations. Fails with a sentence for the page.
    pub(super) async fn examples(&self) -> Result<Value, String> {
        let request = Request::get(format!("{self}/graphql/examples")).body(Body::empty());
        let request = request.map_err(|error| format!("{self}: {error}"))?;
        let response = self.http.request(request).await;
        let response = response.map_err(|error| format!("{self} does not answer: {error}"))?;
        let status = response.status();
        let body = response.into_body().collect().await.map(Collected::to_bytes);
        let examples = body.ok().and_then(|body| serde_json::from_slice::<Value>(&body).ok());
        examples.filter(|it| it["operations"].is_array()).ok_or_else(|| {
            format!(
                "{self} answers {status} at /graphql/examples: is it a BFF in development, built with the feature `review`?"
            )
        })
    }

    /// Passes a request of the page on to a path of the BFF.
    pub(super) async fn forward(&self, request: Request, path: &str) -> Result<Response, String> {
        let (head, body) = request.into_parts();
        let mut passed = Request::builder().method(head.method).uri(format!("{self}/{path}"));
        let own = |name: &HeaderName| OF_THE_PAGE.contains(name) || name.as_str().starts_with("sec-");
        for (name, value) in head.headers.iter().filter(|(name, _)| !own(name)) {
            passed = passed.header(name, value);
        }
        let passed = passed.body(body).map_err(|error| error.to_string())?;
        let response = self.http.request(passed).await;
        let response = response.map_err(|error| format!("{self} does not answer: {error}"))?;
        Ok(response.map(Body::new))
    }
}
