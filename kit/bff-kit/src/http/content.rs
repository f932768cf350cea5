//! Check of the declared type of a body.

use axum::http::{HeaderMap, header};

use super::rejection::{Rejection, RejectionReason};

/// Checks that a body is declared as JSON in UTF-8, uncompressed. Pages of other sites cannot send that without a
/// preflight: requests that browsers send without one have another type or none.
pub(super) fn check(headers: &HeaderMap) -> Result<(), Rejection> {
    let encodings = headers.get_all(header::CONTENT_ENCODING);
    if encodings.iter().any(|value| !value.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return Err(Rejection::new(
            RejectionReason::MediaType,
            "Content-Encoding is not taken: send the body as it is.",
        ));
    }
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (types.next(), types.next()) else {
        return Err(wrong());
    };
    if value.to_str().is_ok_and(is_json) { Ok(()) } else { Err(wrong()) }
}

fn wrong() -> Rejection {
    Rejection::new(RejectionReason::MediaType, "Content-Type must be application/json, in UTF-8.")
}

fn is_json(value: &str) -> bool {
    let mut parts = value.split(';').map(str::trim);
    parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"))
        && parts.all(|parameter| match parameter.split_once('=') {
            Some((name, charset)) if name.eq_ignore_ascii_case("charset") => {
                let charset = charset.trim_matches('"');
                charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
            }
            Some((name, _)) => !name.is_empty(),
            // A trailing `;` is sloppy but harmless.
            None => parameter.is_empty(),
        })
}

#[cfg(test)]
mod tests {
    use super::is_json;

    #[test]
    fn json_in_utf8_by_any_spelling_and_nothing_else() {
        for good in [
            "application/json",
            "Application/JSON",
            "application/json;charset=utf-8",
            "application/json ; charset=\"UTF-8\"",
            "application/json; profile=x; Charset=utf-8;",
            // Many clients write it this way, and browsers treat both alike.
            "application/json; charset=utf8",
            "application/json;charset=\"UTF8\"",
        ] {
            assert!(is_json(good), "{good}");
        }
        for bad in [
            "",
            "text/plain",
            "text/plain; application/json",
            "text/plain, application/json",
            "application/json, text/plain",
            "application/json; text/plain",
            "application/jsonp",
            "application/json+x",
            "application/json; charset=utf-16",
            "application/json; charset=utf-8x",
            "application/json; charset=utf 8",
            "application/json; charset=",
            "application/json; charset=utf-8; charset=latin1",
            "application/x-www-form-urlencoded; charset=utf-8",
            "multipart/form-data; boundary=application/json",
        ] {
            assert!(!is_json(bad), "{bad}");
        }
    }
}
