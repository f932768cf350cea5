//! The cookie of a session.

use axum::http::{HeaderMap, HeaderValue, header};

const NAME: &str = "shop_provider_session";

/// Returns the value of the session's cookie.
pub(super) fn read(headers: &HeaderMap) -> Option<&str> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = pairs.flat_map(|pairs| pairs.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == NAME).map(|(_, value)| value)
}

/// Returns the `set-cookie` of a session. The cookie lives as long as the browser; pages of other sites send it only
/// when they lead here.
pub(super) fn set(issuer: &str, value: &str) -> HeaderValue {
    header(issuer, value, "")
}

/// Returns the `set-cookie` that makes the browser forget the session.
pub(super) fn forget(issuer: &str) -> HeaderValue {
    header(issuer, "", "; Max-Age=0")
}

fn header(issuer: &str, value: &str, lifetime: &str) -> HeaderValue {
    let secure = if issuer.starts_with("https:") { "; Secure" } else { "" };
    let cookie = format!("{NAME}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{lifetime}");
    cookie.try_into().expect("a cookie of ours is printable ASCII")
}
