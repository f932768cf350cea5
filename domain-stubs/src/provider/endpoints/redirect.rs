//! Redirects of a browser to a client.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};

/// Sends the browser to a URI of a client, with some parameters added to its query. The method becomes GET, so that no
/// form goes along (RFC 9700, section 4.12).
pub(super) fn to(uri: &str, parameters: &[(&str, Option<&str>)]) -> Response {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in parameters {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    let query = query.finish();
    let joint = match (query.is_empty(), uri.contains('?')) {
        (true, _) => "",
        (false, true) => "&",
        (false, false) => "?",
    };
    let location = HeaderValue::try_from(format!("{uri}{joint}{query}"))
        .expect("URIs of clients are printable ASCII, and encoded parameters are");
    let headers =
        [(header::LOCATION, location), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    (StatusCode::SEE_OTHER, headers).into_response()
}
