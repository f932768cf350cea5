//! Headers that keep browsers from misusing an answer: from taking it for a page, a script or a picture.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;

/// The headers of every answer of a server. Cheap to clone.
pub(super) type Protection = Arc<[(HeaderName, HeaderValue)]>;

/// Returns the headers. Apps and devices heed none of those that are for `browsers` alone, and pay for their bytes.
/// `public_origins` are the origins by which browsers reach the server.
pub(super) fn of(browsers: bool, public_origins: &[String]) -> Protection {
    let value = HeaderValue::from_static;
    let mut headers = vec![(header::X_CONTENT_TYPE_OPTIONS, value("nosniff"))];
    if browsers {
        headers.extend([
            (header::CONTENT_SECURITY_POLICY, value("default-src 'none'; frame-ancestors 'none'")),
            (header::REFERRER_POLICY, value("no-referrer")),
            (HeaderName::from_static("cross-origin-resource-policy"), value("same-origin")),
        ]);
        if !public_origins.is_empty() && public_origins.iter().all(|it| it.starts_with("https://")) {
            headers.push((header::STRICT_TRANSPORT_SECURITY, value("max-age=63072000")));
        }
    }
    headers.into()
}

/// Adds the headers to an answer.
pub(super) async fn add(State(protection): State<Protection>, mut response: Response) -> Response {
    response.headers_mut().extend(protection.iter().cloned());
    response
}
