//! The target of a request as a proof names it.

use std::borrow::Cow;

/// Returns true if a URI is of this path at this origin. Its query and fragment do not count (RFC 9449, section 4.3), nor
/// do differences in spelling that RFC 3986 says mean nothing (sections 6.2.2 and 6.2.3); but dots in a path are not
/// resolved, since clients do so before they send a request.
pub(super) fn names(uri: &str, origin: &str, path: &str) -> bool {
    let uri = uri.split(['?', '#']).next().unwrap_or_default();
    let (Some((scheme, rest)), Some((own_scheme, own_authority))) =
        (uri.split_once("://"), origin.split_once("://"))
    else {
        return false;
    };
    let (authority, its_path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let its_path = if its_path.is_empty() { "/" } else { its_path };
    scheme.eq_ignore_ascii_case(own_scheme)
        && without_usual_port(authority, own_scheme).eq_ignore_ascii_case(own_authority)
        && (its_path == path || spelled(its_path) == spelled(path))
}

fn without_usual_port<'a>(authority: &'a str, scheme: &str) -> &'a str {
    let port = if scheme == "https" { ":443" } else { ":80" };
    authority.strip_suffix(port).or_else(|| authority.strip_suffix(':')).unwrap_or(authority)
}

/// Spells a path in the one way that RFC 3986 prefers: characters that need no escape have none, and other escapes are in
/// capitals. A `%` that begins no escape stays as it is.
fn spelled(path: &str) -> Cow<'_, [u8]> {
    if !path.contains('%') {
        return Cow::Borrowed(path.as_bytes());
    }
    let mut spelled = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let digit = |at: usize| after.get(at).and_then(|it| char::from(*it).to_digit(16));
        match digit(0).zip(digit(1)).and_then(|(high, low)| u8::try_from(high * 16 + low).ok()) {
            Some(escaped) if byte == b'%' => {
                if escaped.is_ascii_alphanumeric() || b"-._~".contains(&escaped) {
                    spelled.push(escaped);
                } else {
                    spelled.push(b'%');
                    spelled.extend(after[..2].to_ascii_uppercase());
                }
                rest = &after[2..];
            }
            _ => {
                spelled.push(byte);
                rest = after;
            }
        }
    }
    Cow::Owned(spelled)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGIN: &str = "https://shop.example";

    #[test]
    fn spellings_that_mean_the_same_are_the_same() {
        for (uri, path) in [
            ("https://shop.example/graphql", "/graphql"),
            ("https://shop.example/graphql?id=1", "/graphql"),
            ("https://shop.example/graphql#top", "/graphql"),
            ("https://shop.example/graphql?a=/b#c?d", "/graphql"),
            ("HTTPS://Shop.Example/graphql", "/graphql"),
            ("https://shop.example:443/graphql", "/graphql"),
            ("https://shop.example:/graphql", "/graphql"),
            ("https://shop.example/gr%61phql", "/graphql"),
            ("https://shop.example/%7euser", "/%7Euser"),
            ("https://shop.example/a%2fb", "/a%2Fb"),
            ("https://shop.example/100%", "/100%"),
            ("https://shop.example", "/"),
            ("https://shop.example?a", "/"),
        ] {
            assert!(names(uri, ORIGIN, path), "{uri} {path}");
        }
        assert!(names("http://localhost:80/", "http://localhost", "/"));
        assert!(names("http://[::1]:4000/graphql", "http://[::1]:4000", "/graphql"));
    }

    #[test]
    fn other_targets_are_others() {
        for uri in [
            "",
            "/graphql",
            "shop.example/graphql",
            "://shop.example/graphql",
            "http://shop.example/graphql",
            "https://shop.example:80/graphql",
            "https://shop.example:8443/graphql",
            "https://shop.example.attacker.example/graphql",
            "https://attacker.example/graphql",
            "https://attacker.example?https://shop.example/graphql",
            "https://attacker.example#https://shop.example/graphql",
            "https://user@shop.example/graphql",
            "https://shop.example@attacker.example/graphql",
            "https://shop.example\\@attacker.example/graphql",
            "https://shop.example/GraphQL",
            "https://shop.example/graphql/",
            "https://shop.example//graphql",
            "https://shop.example/a/../graphql",
            "https://shop.example/graphql%2f",
            "https://shop.example/graphql%00",
            "https://shop.example/graphql%3fid",
            "https://shop.example/graphql ",
            " https://shop.example/graphql",
        ] {
            assert!(!names(uri, ORIGIN, "/graphql"), "{uri}");
        }
        assert!(!names("https://shop.example/a/b", ORIGIN, "/a%2Fb"));
        for origin in ["", "shop.example", "https://"] {
            assert!(!names("https://shop.example/graphql", origin, "/graphql"), "{origin}");
        }
    }
}
