//! Requests that a page of another site made a browser send.

use std::sync::Arc;

use axum::http::request::Parts;
use axum::http::{HeaderValue, header};

use super::refusal::{Refusal, Why};

/// Web origins whose pages may send requests, besides the server's own.
#[derive(Clone, Debug)]
pub(super) struct Origins(Arc<[HeaderValue]>);

const FETCH_SITE: &str = "sec-fetch-site";

impl Origins {
    pub(super) fn new(allowed: &[String]) -> Self {
        Self(allowed.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()).collect())
    }

    pub(super) fn list(&self) -> impl Iterator<Item = HeaderValue> + '_ {
        self.0.iter().cloned()
    }

    /// Refuses what the browser itself says another site is behind. What names no origin and no site is no page's:
    /// apps, devices, servers and caches send neither, and a page cannot leave them out in a browser of today.
    pub(super) fn check(&self, head: &Parts) -> Result<(), Refusal> {
        let mut origins = head.headers.get_all(header::ORIGIN).iter();
        let known = match (origins.next(), origins.next()) {
            // Without an origin the site alone must do. A neighbouring subdomain is another's page all the same.
            (None, _) => {
                head.headers.get_all(FETCH_SITE).iter().all(|site| site == "same-origin" || site == "none")
            }
            (Some(origin), None) => self.0.contains(origin) || is_own(origin, head),
            (Some(_), Some(_)) => false,
        };
        if known {
            return Ok(());
        }
        Err(Refusal::new(Why::ForeignPage, "Requests from pages of other sites are not taken."))
    }
}

/// Whether the page came from this very host. The scheme may differ: TLS may have ended before.
fn is_own(origin: &HeaderValue, head: &Parts) -> bool {
    let host = match head.uri.authority() {
        Some(authority) => Some(authority.as_str()),
        None => head.headers.get(header::HOST).and_then(|host| host.to_str().ok()),
    };
    let page = origin
        .to_str()
        .ok()
        .and_then(|origin| origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://")));
    matches!((page, host), (Some(page), Some(host)) if page.eq_ignore_ascii_case(host))
}
