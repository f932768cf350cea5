//! The server that a URL leads to.

use std::net::IpAddr;

use http::Uri;
use rustls::pki_types::ServerName;

/// The server that a URL leads to.
pub(crate) struct Endpoint {
    pub(super) host: String,
    pub(super) port: u16,
    /// `None` for plain HTTP.
    pub(super) tls_name: Option<ServerName<'static>>,
}

impl Endpoint {
    /// Reads the server off a URL. Fails if the URL is not an absolute `https` one without a user; `http` is accepted
    /// for loopback hosts alone, for development.
    pub(crate) fn of(url: &Uri) -> Result<Self, &'static str> {
        let authority = url.authority().ok_or("is not absolute")?;
        if authority.as_str().contains('@') {
            return Err("holds a user");
        }
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        let (tls_name, port) = match url.scheme_str() {
            Some("https") => {
                (Some(ServerName::try_from(host.clone()).map_err(|_| "has no valid host")?), 443)
            }
            Some("http") if is_loopback(&host) => (None, 80),
            _ => return Err("is not https, and http is for loopback alone"),
        };
        Ok(Self { port: authority.port_u16().unwrap_or(port), host, tls_name })
    }

    /// Reads a URL that leads to a server, with the same rules.
    pub(crate) fn check(url: &str) -> Result<Uri, &'static str> {
        let url: Uri = url.parse().map_err(|_| "cannot be read")?;
        Self::of(&url).map(|_| url)
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|it| it.is_loopback())
}
