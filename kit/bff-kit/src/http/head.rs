//! Checks of the head of a request: its form, as HTTP demands it, and its length.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Version, header};
use axum::middleware::Next;
use axum::response::Response;

use super::accept::{MediaType, negotiate};
use super::host::Host;
use super::rejection::{Rejection, RejectionReason};
use super::reply::ResponseWriter;
use crate::config::HttpProfile;

/// Maximum length of path and query, in bytes: room for a document by GET, within what proxies and CDNs pass on.
const MAX_URI_BYTES: usize = 16 * 1024;

/// Maximum length of all names and values of the headers together, in bytes. The connection itself reads at most twice
/// as much of a head.
pub(crate) const MAX_HEADER_BYTES: usize = 32 * 1024;

/// Rejects heads that HTTP forbids, and expectations that are not supported.
pub(super) async fn check_form(State(profile): State<HttpProfile>, request: Request, next: Next) -> Response {
    match form(request.version(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(rejection) => reject(profile, &request, rejection),
    }
}

/// Checks the rules that hyper leaves to servers (RFC 9112 §3.2 and §6.1, RFC 9110 §10.1.1). Hyper itself ends the
/// connection after a body with both a length and a transfer coding, and rejects a body whose last coding is not
/// `chunked`.
fn form(version: Version, headers: &HeaderMap) -> Result<(), Rejection> {
    let bad = |message| Err(Rejection::new(RejectionReason::BadHead, message));
    let mut hosts = headers.get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (None, _) if version == Version::HTTP_11 => return bad("Host is missing."),
        (Some(_), Some(_)) => return bad("Host is given twice."),
        (Some(host), None) if host.to_str().ok().and_then(Host::parse).is_none() => {
            return bad("Host must be a host, with or without a port.");
        }
        _ => {}
    }
    let is = |value: &HeaderValue, word: &str| value.as_bytes().eq_ignore_ascii_case(word.as_bytes());
    let mut codings = headers.get_all(header::TRANSFER_ENCODING).iter();
    match (codings.next(), codings.next()) {
        (None, _) => {}
        (Some(coding), None) if is(coding, "chunked") => {}
        _ => return bad("Transfer-Encoding must be `chunked`, once."),
    }
    if headers.get_all(header::EXPECT).iter().any(|expected| !is(expected, "100-continue")) {
        return Err(Rejection::new(RejectionReason::Expectation, "Expect must be `100-continue`."));
    }
    Ok(())
}

/// Rejects heads that are too long.
pub(super) async fn check(State(profile): State<HttpProfile>, request: Request, next: Next) -> Response {
    let uri = request.uri().path_and_query().map_or(0, |uri| uri.as_str().len());
    let rejection = if uri > MAX_URI_BYTES {
        Rejection::new(
            RejectionReason::UriTooLong,
            format!("The URI is longer than {MAX_URI_BYTES} bytes; send a POST."),
        )
    } else if length(request.headers()) > MAX_HEADER_BYTES {
        Rejection::new(
            RejectionReason::HeadTooLarge,
            format!("The headers are longer than {MAX_HEADER_BYTES} bytes."),
        )
    } else {
        return next.run(request).await;
    };
    reject(profile, &request, rejection)
}

fn reject(profile: HttpProfile, request: &Request, rejection: Rejection) -> Response {
    let media_type = negotiate(request.headers()).unwrap_or(MediaType::Json);
    ResponseWriter { profile, media_type, method: request.method().clone(), credentials: Arc::default() }
        .rejection(rejection)
}

fn length(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum()
}
