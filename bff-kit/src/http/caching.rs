//! What those between here and the client may keep of an answer, and how a client asks whether it has changed.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::gateway::Answer;

/// What may be kept of an answer: all headers about that are decided in [`Caching::of`], and nowhere else.
#[derive(Clone, Debug)]
pub(super) struct Caching {
    cache_control: HeaderValue,
    /// Headers of the request that the answer depends on, besides the encoding.
    vary: HeaderValue,
    /// Names the bytes of the answer before they are compressed.
    fingerprint: Option<Fingerprint>,
}

/// Goes with a response to [`validate`], which knows how it was compressed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Fingerprint(String);

impl Caching {
    /// Nothing may be kept.
    pub(super) const NONE: Self = Self {
        cache_control: HeaderValue::from_static("no-store"),
        vary: HeaderValue::from_static("accept"),
        fingerprint: None,
    };

    /// What may be kept of this answer. A whole answer to a GET can be asked for again; one with a fault or a
    /// fallback in it must not outlive the fault.
    pub(super) fn of(method: &Method, status: StatusCode, answer: &Answer, body: &[u8]) -> Self {
        let whole = status == StatusCode::OK
            && answer.response.errors.is_empty()
            && !answer.response.extensions.contains_key("degraded");
        let fingerprint = (whole && method == Method::GET).then(|| Fingerprint::of(body));
        Self { vary: HeaderValue::from_static("accept, accept-language"), fingerprint, ..Self::NONE }
    }

    /// Writes the headers, and notes for [`validate`] what it has to know.
    pub(super) fn write(self, response: &mut Response) {
        let status = response.status();
        response.extensions_mut().insert(status);
        response.headers_mut().insert(header::CACHE_CONTROL, self.cache_control);
        response.headers_mut().append(header::VARY, self.vary);
        if let Some(fingerprint) = self.fingerprint {
            response.extensions_mut().insert(fingerprint);
        }
    }
}

impl Fingerprint {
    fn of(body: &[u8]) -> Self {
        // Half of it names an answer among all there will ever be, and headers are sent each time.
        Self(URL_SAFE_NO_PAD.encode(&Sha256::digest(body)[..16]))
    }

    /// A strong validator names bytes: each compression of them has one of its own.
    fn tag(&self, encoding: Option<&HeaderValue>) -> Option<HeaderValue> {
        let tag = match encoding.and_then(|encoding| encoding.to_str().ok()) {
            Some(encoding) => format!("\"{}-{encoding}\"", self.0),
            None => format!("\"{}\"", self.0),
        };
        HeaderValue::try_from(tag).ok()
    }
}

/// Gives whole answers their `ETag`, behind the compression, and leaves out the body the client has already.
pub(super) async fn validate(request: Request, next: Next) -> Response {
    let asked: Vec<HeaderValue> = request.headers().get_all(header::IF_NONE_MATCH).iter().cloned().collect();
    let mut response = next.run(request).await;
    // To a client that takes no encoding, not even none, the compression writes 406 over an answer that has been
    // made: over a mutation that has run. It gets the answer instead, as it is.
    if let Some(status) = response.extensions_mut().remove::<StatusCode>() {
        *response.status_mut() = status;
    }
    let Some(fingerprint) = response.extensions_mut().remove::<Fingerprint>() else {
        return response;
    };
    let headers = response.headers_mut();
    let Some(tag) = fingerprint.tag(headers.get(header::CONTENT_ENCODING)) else {
        return response;
    };
    let unchanged = asked.iter().any(|value| names(value, &tag));
    headers.insert(header::ETAG, tag);
    if unchanged {
        forget_body(headers);
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
    }
    response
}

fn forget_body(headers: &mut HeaderMap) {
    for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::CONTENT_ENCODING] {
        headers.remove(name);
    }
}

/// Whether an `If-None-Match` names the tag, by the weak comparison it wants. Our tags hold no commas.
fn names(asked: &HeaderValue, tag: &HeaderValue) -> bool {
    let asked = asked.to_str().unwrap_or_default();
    asked.split(',').map(str::trim).any(|one| {
        let one = one.strip_prefix("W/").unwrap_or(one);
        one == "*" || one.as_bytes() == tag.as_bytes()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_found_in_a_list_weak_or_not_and_nowhere_else() {
        let tag = HeaderValue::from_static("\"abc-br\"");
        for asked in ["\"abc-br\"", "W/\"abc-br\"", "\"x\", \"abc-br\"", "*", "\"a\" ,W/\"abc-br\" "] {
            assert!(names(&HeaderValue::from_static(asked), &tag), "{asked}");
        }
        for asked in ["", "\"abc\"", "abc-br", "\"abc-gzip\"", "w/\"abc-br\"", "\"*\""] {
            assert!(!names(&HeaderValue::from_static(asked), &tag), "{asked}");
        }
    }
}
