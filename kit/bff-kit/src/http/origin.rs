//! Rejection of requests for another host, and of those that a page of another site made a browser send.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use axum::http::request::Parts;
use axum::http::{HeaderValue, header};

use super::host::Host;
use super::rejection::{Rejection, RejectionReason};
use crate::config::{Config, Mode};
use connections::Peer;

/// The hosts of this server, and the origins whose pages may send requests.
#[derive(Clone, Debug)]
pub(super) struct Origins {
    own: Own,
    /// Other origins whose pages may send requests.
    allowed: Arc<[HeaderValue]>,
}

/// Hosts that a server accepts as its own.
#[derive(Clone, Debug)]
enum Own {
    /// These origins, by which clients reach the server.
    Public(Arc<[Public]>),
    /// Any name of this machine, on any port: no site can make a browser accept its own name as one.
    Loopback,
    /// Any host, for apps and devices; no page is the server's own.
    AnyHost,
}

/// An origin by which clients reach this server.
#[derive(Clone, Debug)]
struct Public {
    origin: HeaderValue,
    name: String,
    port: u16,
    /// Default port of the scheme.
    usual_port: u16,
}

const FETCH_SITE: &str = "sec-fetch-site";
const FORWARDED_HOST: &str = "x-forwarded-host";

/// Longest host that a rejection repeats, in bytes.
const MAX_SHOWN: usize = 100;

impl Origins {
    /// Reads the origins of a configuration, which were checked when it was loaded.
    pub(super) fn of(config: &Config) -> Self {
        let (public, allowed) = (&config.server.public_origins, &config.server.allowed_origins);
        let own = match config.mode {
            _ if !public.is_empty() => {
                Own::Public(public.iter().filter_map(|text| Public::of(text)).collect())
            }
            Mode::Development => Own::Loopback,
            Mode::Production => Own::AnyHost,
        };
        Self { own, allowed: allowed.iter().filter_map(|text| HeaderValue::from_str(text).ok()).collect() }
    }

    /// Returns the origins whose pages may read answers. The origins of this server are among them: a page of one
    /// origin may send its requests to another.
    pub(super) fn list(&self) -> impl Iterator<Item = HeaderValue> + '_ {
        let public = if let Own::Public(all) = &self.own { &all[..] } else { &[] };
        self.allowed.iter().chain(public.iter().map(|public| &public.origin)).cloned()
    }

    /// Rejects requests for another host, and then requests that the browser itself attributes to another site. The
    /// host is checked because a site can make its own name lead here, and its pages then have the origin of the host
    /// that they call. A request with neither `Origin` nor `Sec-Fetch-Site` does not come from a page: apps, devices,
    /// servers and caches send neither, and a page cannot omit them in a current browser.
    pub(super) fn check(&self, head: &Parts) -> Result<(), Rejection> {
        self.check_host(head)?;
        let host = named_host(head);
        let mut origins = head.headers.get_all(header::ORIGIN).iter();
        let known = match (origins.next(), origins.next()) {
            // Without an origin, `Sec-Fetch-Site` decides alone. A page of a neighbouring subdomain is foreign as well.
            (None, _) => head.headers.get_all(FETCH_SITE).iter().all(|site| self.own.has_site(site)),
            (Some(origin), None) => self.allowed.contains(origin) || self.own.has_page(origin, host),
            (Some(_), Some(_)) => false,
        };
        if known {
            return Ok(());
        }
        Err(Rejection::new(RejectionReason::ForeignPage, "Requests from pages of other sites are not taken."))
    }

    /// Rejects requests for another host.
    pub(super) fn check_host(&self, head: &Parts) -> Result<(), Rejection> {
        let host = named_host(head);
        if self.own.has_host(host.and_then(Host::parse)) {
            return Ok(());
        }
        Err(Rejection::new(RejectionReason::Misdirected, self.own.misdirected(host)))
    }
}

impl Own {
    fn has_host(&self, host: Option<Host<'_>>) -> bool {
        match (self, host) {
            (Self::AnyHost, _) => true,
            (_, None) => false,
            (Self::Public(all), Some(host)) => all.iter().any(|public| public.is_reached_by(host)),
            (Self::Loopback, Some(host)) => is_loopback(host.name),
        }
    }

    /// Returns true if a page of this origin belongs to this server; the requested host is known to. With public
    /// origins, the page must have one of them, scheme included: TLS may have ended at a proxy, so the scheme of this
    /// connection says nothing.
    fn has_page(&self, origin: &HeaderValue, host: Option<&str>) -> bool {
        match self {
            Self::Public(all) => all.iter().any(|public| public.origin == origin),
            Self::Loopback => {
                let page = origin.to_str().ok().and_then(|origin| {
                    origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"))
                });
                matches!((page, host), (Some(page), Some(host)) if page.eq_ignore_ascii_case(host))
            }
            Self::AnyHost => false,
        }
    }

    /// Returns true if a request without an origin may come from such a site.
    fn has_site(&self, site: &HeaderValue) -> bool {
        site == "none" || (site == "same-origin" && !matches!(self, Self::AnyHost))
    }

    /// Builds the message that a host is not this server's, with the setting that would make it so.
    fn misdirected(&self, host: Option<&str>) -> String {
        let host = match host.filter(|host| host.len() <= MAX_SHOWN) {
            Some(host) => format!("Host `{host}`"),
            None => "The host of the request".to_owned(),
        };
        match self {
            Self::Loopback => format!(
                "{host} is none of this machine: to be reached by it, set server.public_origins to its origin."
            ),
            _ => format!("{host} is none of server.public_origins."),
        }
    }
}

impl Public {
    fn of(origin: &str) -> Option<Self> {
        let (scheme, host) = origin.split_once("://")?;
        let host = Host::parse(host)?;
        let usual_port = if scheme == "https" { 443 } else { 80 };
        Some(Self {
            origin: HeaderValue::from_str(origin).ok()?,
            name: host.name.to_owned(),
            port: host.port.unwrap_or(usual_port),
            usual_port,
        })
    }

    fn is_reached_by(&self, host: Host<'_>) -> bool {
        self.name.eq_ignore_ascii_case(host.name) && host.port.unwrap_or(self.usual_port) == self.port
    }
}

/// Returns the host that a request is for: the one that a trusted proxy forwards, or else the authority, which takes
/// precedence over the header (RFC 9112 §3.2.2); `None` if there is none, or a proxy forwards several.
fn named_host(head: &Parts) -> Option<&str> {
    if head.extensions.get::<Peer>().is_some_and(|peer| peer.is_trusted) {
        let mut forwarded = head.headers.get_all(FORWARDED_HOST).iter();
        match (forwarded.next(), forwarded.next()) {
            (None, _) => {}
            (Some(host), None) => return host.to_str().ok(),
            (Some(_), Some(_)) => return None,
        }
    }
    match head.uri.authority() {
        Some(authority) => Some(authority.as_str()),
        None => head.headers.get(header::HOST)?.to_str().ok(),
    }
}

/// Returns true if a name leads to this machine wherever it is looked up (RFC 6761 §6.3).
fn is_loopback(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost"
        || name.ends_with(".localhost")
        || name.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        || address.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use axum::http::{Request, StatusCode};

    use super::*;
    use crate::config::HttpProfile;

    /// Headers of a request.
    type Headers = &'static [(&'static str, &'static str)];

    fn head(headers: &[(&str, &str)], peer: Option<Peer>) -> Parts {
        let mut request = Request::get("/graphql");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut head, ()) = request.body(()).unwrap().into_parts();
        if let Some(peer) = peer {
            head.extensions.insert(peer);
        }
        head
    }

    #[test]
    fn a_host_that_a_trusted_proxy_forwards_counts_and_one_that_others_forward_does_not() {
        let mut config = Config::default();
        config.server.public_origins = vec!["https://shop.example".to_owned()];
        let origins = Origins::of(&config);
        let (proxy, client) =
            (Peer { is_trusted: true, ..Peer::default() }, Peer { is_trusted: false, ..Peer::default() });
        let cases: [(Option<Peer>, Headers, u16); 9] = [
            (Some(proxy), &[("host", "bff:4002"), (FORWARDED_HOST, "shop.example")], 200),
            (Some(proxy), &[("host", "bff:4002"), (FORWARDED_HOST, "shop.example:443")], 200),
            (Some(proxy), &[("host", "shop.example")], 200),
            (Some(proxy), &[("host", "shop.example"), (FORWARDED_HOST, "evil.example")], 421),
            (Some(proxy), &[("host", "shop.example"), (FORWARDED_HOST, "shop.example, shop.example")], 421),
            (
                Some(proxy),
                &[
                    ("host", "shop.example"),
                    (FORWARDED_HOST, "shop.example"),
                    (FORWARDED_HOST, "shop.example"),
                ],
                421,
            ),
            (Some(client), &[("host", "bff:4002"), (FORWARDED_HOST, "shop.example")], 421),
            (Some(client), &[("host", "shop.example"), (FORWARDED_HOST, "evil.example")], 200),
            (None, &[("host", "bff:4002"), (FORWARDED_HOST, "shop.example")], 421),
        ];
        for (peer, headers, expected) in cases {
            let checked = origins.check(&head(headers, peer));
            let status = checked
                .map_or_else(|rejection| rejection.status(HttpProfile::default()), |()| StatusCode::OK);
            assert_eq!(status.as_u16(), expected, "{peer:?} {headers:?}");
        }
    }

    #[test]
    fn names_of_this_machine_are_known() {
        for name in ["localhost", "LocalHost", "web.localhost", "127.0.0.1", "127.8.9.1", "[::1]"] {
            assert!(is_loopback(name), "{name}");
        }
        for name in [
            "localhost.evil.example",
            "notlocalhost",
            "127.0.0.1.evil.example",
            "128.0.0.1",
            "[::2]",
            "0.0.0.0",
        ] {
            assert!(!is_loopback(name), "{name}");
        }
    }
}
