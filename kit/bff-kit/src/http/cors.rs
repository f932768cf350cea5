//! CORS: permissions for pages of other origins.

use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use quota::{RATE_LIMIT, RATE_LIMIT_POLICY};
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::set_header::SetResponseHeaderLayer;

use super::origin::Origins;
use super::reply::REPLAYED;
use super::sign_in::OWN_PAGE;
use super::{IDEMPOTENCY_KEY, METHODS, PLAN_HEADER};
use crate::config::ServerConfig;

/// Time for which a browser may remember the result of a preflight.
const PREFLIGHT_MAX_AGE: Duration = Duration::from_hours(2);

/// Headers of our own, and those that Apollo's clients send by default.
const HEADERS: [&str; 6] = [
    "apollo-require-preflight",
    "apollographql-client-name",
    "apollographql-client-version",
    IDEMPOTENCY_KEY,
    "x-apollo-operation-name",
    PLAN_HEADER,
];

/// Allows pages of these origins, and no others, to send requests, with the headers that identify the principal, and to
/// read the answers. Their cookies come along if the client signs in by them.
pub(super) fn layer(origins: &Origins, config: &ServerConfig, credentials: &[HeaderName]) -> CorsLayer {
    let standard = [
        header::ACCEPT,
        header::ACCEPT_LANGUAGE,
        header::AUTHORIZATION,
        header::CONTENT_TYPE,
        header::IF_NONE_MATCH,
    ];
    let own = HEADERS.map(HeaderName::from_static);
    let read = [header::ALLOW, header::ETAG, header::RETRY_AFTER, REPLAYED, RATE_LIMIT, RATE_LIMIT_POLICY];
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins.list()))
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_credentials(credentials.contains(&header::COOKIE))
        .allow_headers(
            standard
                .into_iter()
                .chain(own)
                .chain(credentials.iter().filter(|it| *it != header::COOKIE).cloned())
                .chain([OWN_PAGE])
                .chain(names(&config.allowed_headers))
                .collect::<Vec<_>>(),
        )
        .expose_headers(read.into_iter().chain(names(&config.exposed_headers)).collect::<Vec<_>>())
        .max_age(PREFLIGHT_MAX_AGE)
}

/// Parses names of headers, which were checked when the configuration was loaded.
fn names(names: &[String]) -> impl Iterator<Item = HeaderName> + '_ {
    names.iter().filter_map(|name| name.parse().ok())
}

/// Answers OPTIONS with the methods of the operation paths. Only preflights are passed on, since the CORS layer takes
/// every OPTIONS for one.
pub(super) async fn options(request: Request, next: Next) -> Response {
    let is_preflight = request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let of_operations = request.uri().path() == "/graphql" || request.uri().path().starts_with("/graphql/");
    if request.method() != Method::OPTIONS || is_preflight || !of_operations {
        return next.run(request).await;
    }
    (StatusCode::NO_CONTENT, [(header::ALLOW, METHODS)]).into_response()
}

/// Lets pages of these origins see how many bytes an answer took on the wire, which the playground shows.
pub(super) fn timing(origins: &Origins) -> SetResponseHeaderLayer<Option<HeaderValue>> {
    let all = origins.list().map(|origin| String::from_utf8_lossy(origin.as_bytes()).into_owned());
    let all = all.collect::<Vec<_>>().join(", ");
    let value = HeaderValue::try_from(all).ok().filter(|value| !value.is_empty());
    SetResponseHeaderLayer::if_not_present(HeaderName::from_static("timing-allow-origin"), value)
}
