//! The address of a client, behind any number of proxies.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use connections::Peer;
use ipnet::IpNet;

use crate::config::{Config, ForwardedBy};

const X_FORWARDED_FOR: &str = "x-forwarded-for";

/// The proxies whose word about a client is taken, and how they give it.
#[derive(Clone, Debug)]
pub(super) struct Forwarding {
    trusted: Arc<[IpNet]>,
    by: ForwardedBy,
}

impl Forwarding {
    pub(super) fn of(config: &Config) -> Self {
        Self { trusted: config.trusted_proxies().into(), by: config.server.forwarded_by }
    }

    /// Returns the address of the client that sent a request; `None` if it is not known. It is that of the peer, or of the
    /// last hop before the trusted proxies: what stands further back in the header may be made up.
    pub(super) fn client(&self, head: &Parts) -> Option<IpAddr> {
        let peer = head.extensions.get::<Peer>()?;
        if !peer.is_trusted {
            return peer.address;
        }
        let hops = match self.by {
            ForwardedBy::XForwardedFor => listed(&head.headers, X_FORWARDED_FOR),
            ForwardedBy::Forwarded => {
                let elements = listed(&head.headers, header::FORWARDED.as_str());
                elements.into_iter().map(forwarded_for).collect()
            }
        };
        let mut client = peer.address;
        for hop in hops.into_iter().rev() {
            // A hop that hides its address is as far as anybody can see.
            let Some(address) = address(hop) else { break };
            client = Some(address);
            if !self.trusted.iter().any(|network| network.contains(&address)) {
                break;
            }
        }
        client
    }
}

/// Returns the elements of a header that is a list, all its lines together. Addresses hold no comma.
fn listed<'a>(headers: &'a HeaderMap, name: &str) -> Vec<&'a str> {
    let lines = headers.get_all(name).iter().map(|line| line.to_str().unwrap_or_default());
    lines.flat_map(|line| line.split(',')).map(str::trim).collect()
}

/// Returns the node of the parameter `for` of an element (RFC 7239, section 4); empty if it has none.
fn forwarded_for(element: &str) -> &str {
    let pairs = element.split(';').filter_map(|pair| pair.trim().split_once('='));
    let node = pairs.filter(|(name, _)| name.eq_ignore_ascii_case("for")).map(|(_, node)| node).next();
    node.unwrap_or_default().trim_matches('"')
}

/// Reads an address, with or without a port, and one of IPv6 with or without brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(|| text.parse().ok().map(|it: SocketAddr| it.ip()))
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn client(by: ForwardedBy, is_trusted: bool, lines: &[&str]) -> Option<String> {
        let trusted = ["10.0.0.0/8", "fd00::/8"].map(|it| it.parse().unwrap()).into();
        let name = if by == ForwardedBy::Forwarded { "forwarded" } else { X_FORWARDED_FOR };
        let mut request = Request::get("/");
        for line in lines {
            request = request.header(name, *line);
        }
        let (mut head, ()) = request.body(()).unwrap().into_parts();
        head.extensions.insert(Peer { address: "10.0.0.1".parse().ok(), is_trusted });
        Forwarding { trusted, by }.client(&head).map(|it| it.to_string())
    }

    #[test]
    fn a_client_is_the_last_hop_that_a_trusted_proxy_has_seen() {
        for (lines, expected) in [
            (&[][..], "10.0.0.1"),
            (&["203.0.113.7"], "203.0.113.7"),
            (&["198.51.100.1, 203.0.113.7"], "203.0.113.7"),
            (&["198.51.100.1", "203.0.113.7, 10.2.3.4"], "203.0.113.7"),
            (&["10.9.9.9, 10.2.3.4"], "10.9.9.9"),
            (&["203.0.113.7:4711"], "203.0.113.7"),
            (&["[2001:db8::1]:4711"], "2001:db8::1"),
            (&["2001:db8::1, fd00::5"], "2001:db8::1"),
            (&["198.51.100.1, unknown"], "10.0.0.1"),
            (&["198.51.100.1, , 10.2.3.4"], "10.2.3.4"),
        ] {
            assert_eq!(client(ForwardedBy::XForwardedFor, true, lines).unwrap(), expected, "{lines:?}");
        }
        assert_eq!(client(ForwardedBy::XForwardedFor, false, &["203.0.113.7"]).unwrap(), "10.0.0.1");
    }

    #[test]
    fn forwarded_says_the_same_in_its_own_way() {
        for (lines, expected) in [
            (&["for=203.0.113.7;proto=https;by=10.0.0.1"][..], "203.0.113.7"),
            (&["For=\"[2001:db8::1]:4711\""], "2001:db8::1"),
            (&["for=198.51.100.1, for=203.0.113.7", "for=10.2.3.4"], "203.0.113.7"),
            (&["for=198.51.100.1, for=_hidden"], "10.0.0.1"),
            (&["proto=https"], "10.0.0.1"),
        ] {
            assert_eq!(client(ForwardedBy::Forwarded, true, lines).unwrap(), expected, "{lines:?}");
        }
    }
}
