//! The places to which a browser may return after a login.

use openidconnect::url::Url;

use super::error::OidcError;
use crate::http_client::checked;

/// Upper bound on the bytes of a `return_to`, which has to fit a cookie.
const MAX_BYTES: usize = 1024;

/// The origins to which a browser may return; anything else would make the login an open redirect.
#[derive(Debug)]
pub(super) struct ReturnOrigins {
    first: Url,
    others: Vec<Url>,
}

impl ReturnOrigins {
    pub(super) fn new(origins: &[String]) -> Result<Self, OidcError> {
        let (first, others) = origins.split_first().ok_or(OidcError::NoReturnOrigin)?;
        Ok(Self {
            first: origin(first)?,
            others: others.iter().map(|it| origin(it)).collect::<Result<_, _>>()?,
        })
    }

    /// Returns the absolute URL of a `return_to`: the first origin for none; `None` if it leads elsewhere, or is not
    /// plainly a path or a URL. Browsers and servers read unusual URLs differently, so that those are not repaired.
    pub(super) fn resolve(&self, return_to: Option<&str>) -> Option<Url> {
        let text = return_to.unwrap_or("/");
        let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
        if text.len() > MAX_BYTES || !text.bytes().all(is_plain) {
            return None;
        }
        if text.starts_with('/') {
            // Two slashes begin a host.
            return if text.starts_with("//") { None } else { self.first.join(text).ok() };
        }
        let (_, rest) = text.split_once("://")?;
        let authority = rest.split(['/', '?', '#']).next()?;
        let url = Url::parse(text).ok().filter(|_| !authority.is_empty() && !authority.contains('@'))?;
        let mut known = std::iter::once(&self.first).chain(&self.others);
        known.any(|it| it.origin() == url.origin()).then_some(url)
    }
}

fn origin(text: &str) -> Result<Url, OidcError> {
    let wrong = |problem| OidcError::Url("an origin to return to", problem);
    checked(text).map_err(wrong)?;
    let url = Url::parse(text).map_err(|_| wrong("cannot be read"))?;
    // A path in the setting would suggest that it narrows the origin.
    let is_origin = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    is_origin.then_some(url).ok_or(wrong("has more than a scheme, a host and a port"))
}
