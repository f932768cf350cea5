//! Addresses of services.

use std::fmt;
use std::str::FromStr;

use http::Uri;
use rustls::pki_types::ServerName;

/// The address of a service: `http://HOST:PORT` for plain text, or `https://HOST:PORT` for TLS. The port defaults to
/// 80 or 443.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    uri: Uri,
    name: ServerName<'static>,
}

/// Error of a text that is no address, or that has a part which no call would use. The error prints without the parts
/// of the text that may be secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadAddress {
    /// The address without user info, query and fragment.
    shown: String,
    problem: &'static str,
}

impl Address {
    /// Returns true if the service is called over TLS.
    #[must_use]
    pub fn is_tls(&self) -> bool {
        self.uri.scheme_str() == Some("https")
    }

    pub(crate) fn uri(&self) -> &Uri {
        &self.uri
    }

    /// Returns the host, without the brackets of an IPv6 address.
    pub(crate) fn host(&self) -> &str {
        bare(&self.uri)
    }

    pub(crate) fn port(&self) -> u16 {
        self.uri.port_u16().unwrap_or(if self.is_tls() { 443 } else { 80 })
    }

    /// Returns the host name that the service's certificate must be valid for.
    pub(crate) fn name(&self) -> &ServerName<'static> {
        &self.name
    }
}

impl FromStr for Address {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, BadAddress> {
        let bad = |problem| BadAddress { shown: shown(text), problem };
        let Some((scheme, rest)) = text.split_once("://") else {
            return Err(bad("is not an address like `http://127.0.0.1:50051`"));
        };
        if !matches!(scheme, "http" | "https") {
            return Err(bad("has a scheme that is neither `http` nor `https`"));
        }
        if rest.contains('@') {
            return Err(bad("has user info, which no call would send"));
        }
        if rest.contains(['?', '#']) {
            return Err(bad("has a query or fragment, which no call would send"));
        }
        if rest.strip_suffix('/').unwrap_or(rest).contains('/') {
            return Err(bad(
                "has a path, which no call would follow: that of a gRPC call is the name of its method",
            ));
        }
        let uri: Uri = text.parse().map_err(|_| bad("is not an address like `http://127.0.0.1:50051`"))?;
        let name = ServerName::try_from(bare(&uri).to_owned())
            .map_err(|_| bad("has no host that can be reached"))?;
        let port = uri.authority().and_then(|authority| authority.as_str().strip_prefix(uri.host()?));
        if port.is_some_and(|port| !port.is_empty()) && uri.port_u16().is_none_or(|port| port == 0) {
            return Err(bad("has a port that is not between 1 and 65535"));
        }
        Ok(Self { uri, name })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.uri.fmt(formatter)
    }
}

impl fmt::Display for BadAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` {}", self.shown, self.problem)
    }
}

impl std::error::Error for BadAddress {}

fn bare(uri: &Uri) -> &str {
    uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']')
}

/// Returns the text without the parts in which people put passwords and tokens.
fn shown(text: &str) -> String {
    let (scheme, rest) = text.split_once("://").map_or(("", text), |(scheme, rest)| (scheme, rest));
    let separator = if scheme.is_empty() { "" } else { "://" };
    let (hidden, rest) = rest.rsplit_once('@').map_or(("", rest), |(_, rest)| ("…@", rest));
    let (rest, cut) = rest.find(['?', '#']).map_or((rest, ""), |at| (&rest[..at], "?…"));
    format!("{scheme}{separator}{hidden}{rest}{cut}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_scheme_a_host_and_a_port() {
        for text in [
            "http://127.0.0.1:50051",
            "http://reviews",
            "http://reviews_1:80/",
            "https://reviews.shop.example",
            "https://[::1]:443",
        ] {
            let address: Address = text.parse().unwrap();
            assert_eq!(address.is_tls(), text.starts_with("https"), "{text}");
        }
    }

    #[test]
    fn a_text_with_parts_that_no_call_would_use_is_an_error() {
        let cases = [
            ("", "`` is not an address"),
            ("127.0.0.1:1", "`127.0.0.1:1` is not an address"),
            ("host:1", "is not an address"),
            ("HTTPS://host:1", "has a scheme"),
            ("grpc://host:1", "has a scheme"),
            ("unix:///run/shop", "has a scheme"),
            ("http://host:1/prefix", "`http://host:1/prefix` has a path"),
            ("http://host:1/prefix/", "has a path"),
            ("http://host:1?a=b", "has a query"),
            ("http://host:1#reviews", "has a query or fragment"),
            ("http://user@host:1", "has user info"),
            ("http://", "is not an address"),
            ("http://:80", "has no host"),
            ("http://*:80", "has no host"),
            ("http://a host:80", "is not an address"),
            ("http://host:", "has a port"),
            ("http://host:0", "has a port"),
            ("http://host:65536", "has a port"),
            ("http://host:http", "has a port"),
            ("http://host:1//", "has a path"),
        ];
        for (text, problem) in cases {
            let error = text.parse::<Address>().unwrap_err().to_string();
            assert!(error.contains(problem), "{text}: {error}");
        }
    }

    #[test]
    fn parts_of_an_address_that_may_be_secret_are_not_shown() {
        for text in [
            "http://ada:hunter2@host:1",
            "http://ada:hunt@hunter2@host:1/p",
            "ada:hunter2@host:1",
            "http://host:1?token=hunter2",
            "http://host:1/#hunter2",
            "grpc://hunter2@host",
        ] {
            let error = text.parse::<Address>().unwrap_err().to_string();
            assert!(!error.contains("hunter2") && error.contains("host"), "{error}");
        }
    }
}
