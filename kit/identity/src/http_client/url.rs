//! The URLs that requests are sent to.

use std::net::IpAddr;

use http::Uri;
use rustls::pki_types::ServerName;

/// Reads a URL to which requests may be sent: an absolute `https` one without a user; `http` is accepted for loopback hosts
/// alone, for development.
pub(crate) fn checked(url: &str) -> Result<Uri, &'static str> {
    let url: Uri = url.parse().map_err(|_| "cannot be read")?;
    check(&url).map(|()| url)
}

/// Fails if no request may be sent to a URL.
pub(super) fn check(url: &Uri) -> Result<(), &'static str> {
    let authority = url.authority().ok_or("is not absolute")?;
    if authority.as_str().contains('@') {
        return Err("holds a user");
    }
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    match url.scheme_str() {
        Some("https") => ServerName::try_from(host).map(drop).map_err(|_| "has no valid host"),
        Some("http") if is_loopback(host) => Ok(()),
        _ => Err("is not https, and http is for loopback alone"),
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|it| it.is_loopback())
}
