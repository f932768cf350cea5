//! What browsers are told about pages of other origins.

use std::time::Duration;

use axum::http::{HeaderName, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::PLAN_HEADER;
use super::origin::Origins;

/// How long a browser may remember that a page may ask.
const PREFLIGHT_MAX_AGE: Duration = Duration::from_hours(2);

/// Pages of these origins may ask, and read what they are told; others may not.
pub(super) fn layer(origins: &Origins) -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins.list()))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([
            header::ACCEPT,
            header::ACCEPT_LANGUAGE,
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_NONE_MATCH,
            HeaderName::from_static("x-user-id"),
            HeaderName::from_static("x-device-id"),
            HeaderName::from_static(PLAN_HEADER),
        ])
        .expose_headers([header::ALLOW, header::ETAG, header::RETRY_AFTER])
        .max_age(PREFLIGHT_MAX_AGE)
}
