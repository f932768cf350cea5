//! Web origins as browsers write them (RFC 6454 §6.2, the URL standard's host serialiser): any other text matches none.

use std::net::{Ipv4Addr, Ipv6Addr};

/// Checks that a browser might send this origin; the error says why no browser will.
pub(super) fn check(origin: &str) -> Result<(), String> {
    let Some((scheme, rest)) = origin.split_once("://").filter(|(scheme, _)| is_scheme(scheme)) else {
        return Err("is not an origin; write it like `https://shop.example`".to_owned());
    };
    if rest.contains('*') {
        return Err("has a `*`, which matches nothing; name each origin".to_owned());
    }
    if let Some(end) = rest.find(['/', '?', '#']) {
        return Err(format!("goes on behind the host; browsers send `{scheme}://{}`", &rest[..end]));
    }
    if rest.contains('@') {
        return Err("has user info, which browsers do not send".to_owned());
    }
    let as_sent = origin.to_ascii_lowercase();
    if as_sent != origin {
        return Err(format!("has capitals; browsers send `{as_sent}`"));
    }
    let after_address = rest.rfind(']').map_or(0, |end| end + 1);
    let (host, port) = match rest[after_address..].find(':') {
        Some(at) => (&rest[..after_address + at], Some(&rest[after_address + at + 1..])),
        None => (rest, None),
    };
    if !is_host(host) {
        return Err(
            "has no host that browsers write so: letters, digits and hyphens, or an address".to_owned()
        );
    }
    match port {
        Some("80") if scheme == "http" => {
            Err(format!("has the usual port; browsers send `{scheme}://{host}`"))
        }
        Some("443") if scheme == "https" => {
            Err(format!("has the usual port; browsers send `{scheme}://{host}`"))
        }
        Some(port) if port.parse::<u16>().is_ok_and(|number| number > 0 && number.to_string() == port) => {
            Ok(())
        }
        Some(_) => Err("has a port that is not between 1 and 65535".to_owned()),
        None => Ok(()),
    }
}

/// Checks that a server may be reached by this origin, and that a browser might send it.
pub(super) fn check_public(origin: &str) -> Result<(), String> {
    check(origin)?;
    match origin.split_once("://") {
        Some(("http" | "https", _)) => Ok(()),
        _ => Err("is not reached over HTTP; write it like `https://shop.example`".to_owned()),
    }
}

/// Returns true if an origin may have this scheme. Apps and extensions have schemes of their own. Pages of `file` have
/// no origin and send `null`.
fn is_scheme(scheme: &str) -> bool {
    let rest = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    scheme != "file"
        && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(rest)
}

fn is_host(host: &str) -> bool {
    if let Some(inner) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return inner.parse::<Ipv6Addr>().is_ok_and(|address| address.to_string() == inner);
    }
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    let ends_in_number =
        host.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    host.split('.').all(is_label) && (!ends_in_number || host.parse::<Ipv4Addr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_that_browsers_send_are_taken() {
        for origin in [
            "https://shop.example",
            "http://localhost:4000",
            "http://127.0.0.1:4000",
            "http://[::1]:4000",
            "https://shop.example:8443",
            "https://xn--bcher-kva.example",
            "http://shop.example:443",
            "capacitor://localhost",
            "chrome-extension://abcdefghijklmnop",
        ] {
            assert_eq!(check(origin), Ok(()), "{origin}");
        }
    }

    #[test]
    fn a_server_is_reached_over_http() {
        for origin in ["https://shop.example", "http://127.0.0.1:4000"] {
            assert_eq!(check_public(origin), Ok(()), "{origin}");
        }
        for (origin, problem) in
            [("capacitor://localhost", "is not reached over HTTP"), ("https://shop.example/", "goes on")]
        {
            let said = check_public(origin).unwrap_err();
            assert!(said.contains(problem), "{origin}: {said}");
        }
    }

    #[test]
    fn origins_that_match_nothing_are_errors() {
        let cases = [
            ("*", "is not an origin"),
            ("null", "is not an origin"),
            ("shop.example", "is not an origin"),
            ("file://", "is not an origin"),
            ("://shop.example", "is not an origin"),
            ("https://*.example", "has a `*`"),
            ("https://Shop.example", "browsers send `https://shop.example`"),
            ("HTTPS://shop.example", "browsers send `https://shop.example`"),
            ("https://shop.example:443", "browsers send `https://shop.example`"),
            ("http://shop.example:80", "browsers send `http://shop.example`"),
            ("https://shop.example/", "browsers send `https://shop.example`"),
            ("https://shop.example/path", "browsers send `https://shop.example`"),
            ("https://shop.example?a", "browsers send `https://shop.example`"),
            ("https://user@shop.example", "has user info"),
            ("https://", "has no host"),
            ("https://shop..example", "has no host"),
            ("https://bücher.example", "has no host"),
            ("https://shop example", "has no host"),
            ("http://127.1:4000", "has no host"),
            ("http://[0:0:0:0:0:0:0:1]", "has no host"),
            ("http://::1:4000", "has"),
            ("https://shop.example:", "has a port"),
            ("https://shop.example:0", "has a port"),
            ("https://shop.example:08443", "has a port"),
            ("https://shop.example:65536", "has a port"),
        ];
        for (origin, problem) in cases {
            let said = check(origin).unwrap_err();
            assert!(said.contains(problem), "{origin}: {said}");
        }
    }
}
