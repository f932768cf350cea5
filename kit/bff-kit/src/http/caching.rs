//! What those between here and the client may keep of an answer, and how a client asks whether it has changed.

use std::fmt::Write as _;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::gateway::{Answer, Cacheability};

/// What may be kept of an answer: all headers about that are decided in [`Caching::of`], and nowhere else.
#[derive(Clone, Debug)]
pub(super) struct Caching {
    cache_control: HeaderValue,
    /// Headers of the request that the answer depends on, besides the encoding.
    vary: HeaderValue,
    /// What the answer is about, so that a cache can be told to forget it.
    surrogate_key: Option<HeaderValue>,
    /// Names the bytes of the answer before they are compressed.
    fingerprint: Option<Fingerprint>,
}

/// Goes with a response to [`validate`], which knows how it was compressed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Fingerprint(String);

/// Header that tells caches what an answer is about, one name after the other.
const SURROGATE_KEY: HeaderName = HeaderName::from_static("surrogate-key");

/// Longest value of that header, in bytes: caches and proxies refuse long ones.
const MAX_SURROGATE_KEY: usize = 4_096;

impl Caching {
    /// Nothing may be kept.
    pub(super) const NONE: Self = Self {
        cache_control: HeaderValue::from_static("no-store"),
        vary: HeaderValue::from_static("accept"),
        surrogate_key: None,
        fingerprint: None,
    };

    /// What may be kept of this answer. A whole answer to a GET, or a HEAD in its place, can be asked for again; one with a fault or a
    /// fallback in it must not outlive the fault. `credentials` are the headers that tell who asks.
    pub(super) fn of(
        method: &Method,
        status: StatusCode,
        answer: &Answer,
        credentials: &[HeaderName],
    ) -> Self {
        let with_language = HeaderValue::from_static("accept, accept-language");
        let may_be_kept = *method == Method::GET || *method == Method::HEAD;
        if !may_be_kept || status != StatusCode::OK || !answer.is_whole() {
            return Self { vary: with_language, ..Self::NONE };
        }
        let fingerprint = Some(Fingerprint::of(answer.body()));
        let Some(keep) = &answer.keep else {
            return Self { vary: with_language, fingerprint, ..Self::NONE };
        };
        Self {
            cache_control: cache_control(keep),
            vary: vary(keep, credentials),
            surrogate_key: surrogate_key(&keep.tags),
            fingerprint,
        }
    }

    /// Writes the headers, and notes for [`validate`] what it has to know.
    pub(super) fn write(self, response: &mut Response) {
        let status = response.status();
        response.extensions_mut().insert(status);
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, self.cache_control);
        headers.append(header::VARY, self.vary);
        if let Some(keys) = self.surrogate_key {
            headers.insert(SURROGATE_KEY, keys);
        }
        if let Some(fingerprint) = self.fingerprint {
            response.extensions_mut().insert(fingerprint);
        }
    }
}

/// The headers that an answer depends on: whoever may see that of another, who asks is none of them.
fn vary(keep: &Cacheability, credentials: &[HeaderName]) -> HeaderValue {
    let all = if keep.by_language { "accept, accept-language" } else { "accept" };
    if keep.shared || credentials.is_empty() {
        return HeaderValue::from_static(all);
    }
    let all: Vec<_> = std::iter::once(all).chain(credentials.iter().map(HeaderName::as_str)).collect();
    HeaderValue::try_from(all.join(", ")).unwrap_or(HeaderValue::from_static("*"))
}

/// `Cache-Control` by RFC 9111, with the two extensions of RFC 5861.
fn cache_control(keep: &Cacheability) -> HeaderValue {
    let Cacheability { max_age_s, stale_s, .. } = keep;
    let mut value = if keep.shared {
        format!("public, max-age={max_age_s}, s-maxage={max_age_s}")
    } else {
        format!("private, max-age={max_age_s}")
    };
    if *stale_s > 0 {
        // While a cache asks again an answer may be as old again as it was allowed to be; when we fail, older.
        let _written =
            write!(value, ", stale-while-revalidate={}, stale-if-error={stale_s}", stale_s.min(max_age_s));
    }
    HeaderValue::try_from(value).unwrap_or(HeaderValue::from_static("no-store"))
}

/// The services an answer came from, and then as many of the entities it is about as there is room for: whoever
/// misses one can still make the service's answers be forgotten.
fn surrogate_key(tags: &[String]) -> Option<HeaderValue> {
    let (entities, services): (Vec<_>, Vec<_>) = tags.iter().partition(|tag| tag.contains(':'));
    let mut value = String::new();
    for tag in services.into_iter().chain(entities) {
        if value.len() + 1 + tag.len() > MAX_SURROGATE_KEY {
            break;
        }
        if !value.is_empty() {
            value.push(' ');
        }
        value.push_str(tag);
    }
    HeaderValue::try_from(value).ok().filter(|value| !value.is_empty())
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
