//! Limits on the head of a request.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;

use super::accept::{MediaType, negotiate};
use super::refusal::{Refusal, Why};
use super::reply::Style;
use crate::config::HttpProfile;

/// Longest path and query: room for a document by GET, within what proxies and CDNs pass on.
const MAX_URI_BYTES: usize = 16 * 1024;

/// All names and values of the headers together. The connection itself reads twice as much of a head and no more.
pub(crate) const MAX_HEADER_BYTES: usize = 32 * 1024;

/// Refuses heads that are too long.
pub(super) async fn check(State(profile): State<HttpProfile>, request: Request, next: Next) -> Response {
    let uri = request.uri().path_and_query().map_or(0, |uri| uri.as_str().len());
    let refusal = if uri > MAX_URI_BYTES {
        Refusal::new(Why::UriTooLong, format!("The URI is longer than {MAX_URI_BYTES} bytes; send a POST."))
    } else if length(request.headers()) > MAX_HEADER_BYTES {
        Refusal::new(Why::HeadTooLarge, format!("The headers are longer than {MAX_HEADER_BYTES} bytes."))
    } else {
        return next.run(request).await;
    };
    let media_type = negotiate(request.headers()).unwrap_or(MediaType::Json);
    Style { profile, media_type, method: request.method().clone(), credentials: Arc::default() }
        .refusal(refusal)
}

fn length(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum()
}
