//! Cookies (RFC 6265). The names begin with `__Host-`, so that browsers take them from this host alone, over TLS.

use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};

use crate::session::SessionId;

/// Name of the cookie that holds the id of a session.
pub(super) const SESSION: &str = "__Host-session";

/// Attributes of every cookie. `Lax`, since the browser comes back from the provider, which is another site.
const ATTRIBUTES: &str = "Path=/; Secure; HttpOnly; SameSite=Lax";

/// Returns the names and values of all cookies of a request.
pub(super) fn all(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let pairs = headers.get_all(COOKIE).iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b';'));
    pairs.filter_map(|pair| std::str::from_utf8(pair).ok()?.trim_ascii().split_once('='))
}

/// Returns the value of the one cookie of a name, `Ok(None)` without one. Fails if there are several: a browser keeps one
/// of a name that begins with `__Host-`, so that somebody has added another.
pub(super) fn only<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, &'static str> {
    let mut values = all(headers).filter(|(it, _)| *it == name).map(|(_, value)| value);
    match (values.next(), values.next()) {
        (first, None) => Ok(first),
        _ => Err("the cookie is there twice"),
    }
}

/// Returns the id of the session that a request presents. Fails if the cookie cannot hold one.
pub(super) fn session(headers: &HeaderMap) -> Result<Option<SessionId>, &'static str> {
    let Some(value) = only(headers, SESSION)? else { return Ok(None) };
    SessionId::parse(value).map(Some).ok_or("the cookie holds no id of a session")
}

/// Returns the header that gives a browser its session, for as long as it runs: the session itself ends on the server.
pub(super) fn of_session(id: &SessionId) -> Option<HeaderValue> {
    header(&format!("{SESSION}={}; {ATTRIBUTES}", id.expose()))
}

/// Returns the header that gives a browser a cookie for some seconds.
pub(super) fn for_seconds(name: &str, value: &str, seconds: u32) -> Option<HeaderValue> {
    header(&format!("{name}={value}; {ATTRIBUTES}; Max-Age={seconds}"))
}

/// Returns the header that takes a cookie away from a browser.
pub(super) fn forget(name: &str) -> Option<HeaderValue> {
    for_seconds(name, "", 0)
}

fn header(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}
