//! Visitors without an account. A browser holds a random id of its own, as a cookie, and the server keeps nothing: what a
//! visitor has, such as a cart, is the domain's to keep.

use http::{HeaderMap, HeaderValue};

use super::cookie;
use crate::session::{SessionId, random_text};

/// Name of the cookie that holds the id of a visitor.
pub(super) const COOKIE: &str = "__Host-visitor";

/// Time for which a browser keeps the cookie, in seconds: thirty days.
const KEPT_S: u32 = 30 * 24 * 60 * 60;

/// A visitor without an account, by the secret id that their browser holds.
pub(super) struct Visitor(SessionId);

impl Visitor {
    /// Makes a visitor. Returns `None` if the system has no randomness to give.
    pub(super) fn make() -> Option<Self> {
        random_text().and_then(|text| SessionId::parse(&text)).map(Self)
    }

    /// Returns the visitor that a request presents. Fails if the cookie cannot hold one.
    pub(super) fn of(headers: &HeaderMap) -> Result<Option<Self>, &'static str> {
        let Some(value) = cookie::only(headers, COOKIE)? else { return Ok(None) };
        SessionId::parse(value).map(|id| Some(Self(id))).ok_or("the cookie holds no id of a visitor")
    }

    /// Returns the public name: the hash of the id, from which nobody can find the id.
    pub(super) fn name(&self) -> String {
        self.0.handle().to_string()
    }

    /// Returns the header that gives a browser the id.
    pub(super) fn cookie(&self) -> Option<HeaderValue> {
        cookie::for_seconds(COOKIE, self.0.expose(), KEPT_S)
    }
}
