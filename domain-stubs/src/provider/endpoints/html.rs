//! Plain pages: no scripts, nothing from elsewhere, and every text escaped.

use std::fmt;

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::digest::{SHA256, digest};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem}\
    button{display:block;width:100%;margin:.3rem 0;padding:.5rem .8rem;font:inherit;text-align:left;cursor:pointer}\
    small{opacity:.7;margin-left:.5rem}";

/// A text that is shown in a page, in an element or in a quoted attribute.
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in self.0.split_inclusive(['&', '<', '>', '"', '\'']) {
            let mut chars = part.chars();
            match chars.next_back() {
                Some('&') => write!(f, "{}&amp;", chars.as_str())?,
                Some('<') => write!(f, "{}&lt;", chars.as_str())?,
                Some('>') => write!(f, "{}&gt;", chars.as_str())?,
                Some('"') => write!(f, "{}&quot;", chars.as_str())?,
                Some('\'') => write!(f, "{}&#39;", chars.as_str())?,
                _ => f.write_str(part)?,
            }
        }
        Ok(())
    }
}

/// Returns a page. `body` is HTML; `form_action` is the source, beside the page's own, that its forms may lead to.
pub(super) fn page(status: StatusCode, title: &str, body: &str, form_action: &str) -> Response {
    let page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n<style>{STYLE}</style>\n\
         <h1>{title}</h1>\n{body}",
        title = Escaped(title),
    );
    let style = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; frame-ancestors 'none'; \
         form-action 'self' {form_action}"
    );
    let policy = HeaderValue::try_from(policy.trim_end()).expect("a scheme is printable ASCII");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, headers, page).into_response()
}

/// Returns the page for a request that cannot be answered at its client: nobody else can be told of the error.
pub(super) fn problem(status: StatusCode, problem: &str) -> Response {
    page(status, "This sign-in cannot go on", &format!("<p>{}</p>\n", Escaped(problem)), "")
}

/// Returns a hidden field of a form.
pub(super) fn hidden(name: &str, value: &str) -> String {
    format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">\n", Escaped(name), Escaped(value))
}

/// Returns true if a form was posted by a page of another site, as browsers tell (Fetch Metadata). Their pages must not
/// press our buttons.
pub(super) fn is_foreign(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_a_text_or_an_attribute_is_escaped() {
        let escaped = Escaped("\"><script>alert('ä & ö')</script>").to_string();
        assert_eq!(escaped, "&quot;&gt;&lt;script&gt;alert(&#39;ä &amp; ö&#39;)&lt;/script&gt;");
        assert_eq!(Escaped("").to_string() + &Escaped("Zoë M.").to_string(), "Zoë M.");
    }
}
