//! A host and its port, as `Host`, an authority and the end of an origin name them (RFC 9110 §7.2).

use std::net::Ipv6Addr;

/// A host and its port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Host<'a> {
    /// A name or an address; IPv6 addresses are in brackets.
    pub(super) name: &'a str,
    /// The port; `None` if the default port of the scheme is meant.
    pub(super) port: Option<u16>,
}

impl<'a> Host<'a> {
    /// Parses a host; `None` if malformed. Characters that a URI allows in a name but that no host contains are
    /// malformed as well: a proxy that joins two hosts writes a comma between them.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let after_address = text.rfind(']').map_or(0, |end| end + 1);
        let (name, port) = match text[after_address..].find(':') {
            Some(at) => (&text[..after_address + at], &text[after_address + at + 1..]),
            None => (text, ""),
        };
        let port = match port {
            "" => None,
            digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => Some(digits.parse().ok()?),
            _ => return None,
        };
        let is_name = if let Some(address) = name.strip_prefix('[') {
            address.strip_suffix(']').is_some_and(|address| address.parse::<Ipv6Addr>().is_ok())
        } else {
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
            !name.is_empty() && name.bytes().all(allowed)
        };
        is_name.then_some(Self { name, port })
    }
}

#[cfg(test)]
mod tests {
    use super::Host;

    #[test]
    fn a_host_is_a_name_or_an_address_with_or_without_a_port() {
        for (text, name, port) in [
            ("shop.example", "shop.example", None),
            ("Shop_1.example:8443", "Shop_1.example", Some(8443)),
            ("shop.example:", "shop.example", None),
            ("127.0.0.1:4002", "127.0.0.1", Some(4002)),
            ("[::1]:4002", "[::1]", Some(4002)),
            ("[::1]", "[::1]", None),
        ] {
            assert_eq!(Host::parse(text), Some(Host { name, port }), "{text}");
        }
        for bad in [
            "",
            ":80",
            "a b/c@d",
            "user@shop.example",
            "a,b",
            "a, b",
            "shop.example/",
            "shop.example:http",
            "shop.example:65536",
            "a:1:2",
            "::1",
            "[::1",
            "[::g]",
            "[]",
            "[::1]x",
            "bücher.example",
            "shop.example:+1",
        ] {
            assert_eq!(Host::parse(bad), None, "{bad}");
        }
    }
}
