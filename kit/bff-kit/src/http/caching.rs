//! Cache headers of answers, for clients and the caches in between, and revalidation of what they have kept.

use std::fmt::Write as _;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use gateway::{Answer, Cacheability};

/// Cache headers of an answer. [`Caching::of`] is the only place that decides them.
#[derive(Clone, Debug)]
pub(super) struct Caching {
    cache_control: HeaderValue,
    /// Headers of the request that the answer depends on, besides the encoding.
    vary: HeaderValue,
    /// Services and entities that the answer is about, so that a cache can be told to forget it.
    surrogate_key: Option<HeaderValue>,
    /// Hash of the answer before compression; `None` if the answer cannot be revalidated.
    fingerprint: Option<Fingerprint>,
}

/// Hash of an answer, attached to the response for [`validate`], which knows the compression.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Fingerprint(String);

/// Header that tells caches the services and entities of an answer, separated by spaces.
const SURROGATE_KEY: HeaderName = HeaderName::from_static("surrogate-key");

/// Maximum length of the `Surrogate-Key` value, in bytes: caches and proxies reject longer ones.
const MAX_SURROGATE_KEY: usize = 4_096;

impl Caching {
    /// Headers of an answer that may not be kept.
    pub(super) const NONE: Self = Self {
        cache_control: HeaderValue::from_static("no-store"),
        vary: HeaderValue::from_static("accept"),
        surrogate_key: None,
        fingerprint: None,
    };

    /// Decides the headers of this answer. Only a complete answer to a GET, or to a HEAD in its place, may be kept or
    /// revalidated: one with an error or a fallback in it must not outlive the failure. `credentials` are the headers
    /// that identify the principal.
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

    /// Writes the headers, and attaches what [`validate`] needs to the response.
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

/// Returns the headers that an answer depends on. A shared answer does not depend on the credentials.
fn vary(keep: &Cacheability, credentials: &[HeaderName]) -> HeaderValue {
    let all = if keep.by_language { "accept, accept-language" } else { "accept" };
    if keep.shared || credentials.is_empty() {
        return HeaderValue::from_static(all);
    }
    let all: Vec<_> = std::iter::once(all).chain(credentials.iter().map(HeaderName::as_str)).collect();
    HeaderValue::try_from(all.join(", ")).unwrap_or(HeaderValue::from_static("*"))
}

/// Builds `Cache-Control` by RFC 9111, with the two extensions of RFC 5861.
fn cache_control(keep: &Cacheability) -> HeaderValue {
    let Cacheability { max_age_s, stale_s, .. } = keep;
    let mut value = if keep.shared {
        format!("public, max-age={max_age_s}, s-maxage={max_age_s}")
    } else {
        format!("private, max-age={max_age_s}")
    };
    if *stale_s > 0 {
        // While a cache revalidates, an answer may be stale for as long as it was fresh; if this server fails, longer.
        let _written =
            write!(value, ", stale-while-revalidate={}, stale-if-error={stale_s}", stale_s.min(max_age_s));
    }
    HeaderValue::try_from(value).unwrap_or(HeaderValue::from_static("no-store"))
}

/// Lists the services of an answer, and then as many of its entities as there is room for. To forget an omitted entity,
/// a cache can still be told to forget all answers of its service.
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
        // Half of the hash suffices to tell all answers apart, and keeps the headers short.
        Self(URL_SAFE_NO_PAD.encode(&Sha256::digest(body)[..16]))
    }

    /// Returns the `ETag`. A strong validator identifies bytes, so each compression has its own.
    fn tag(&self, encoding: Option<&HeaderValue>) -> Option<HeaderValue> {
        let tag = match encoding.and_then(|encoding| encoding.to_str().ok()) {
            Some(encoding) => format!("\"{}-{encoding}\"", self.0),
            None => format!("\"{}\"", self.0),
        };
        HeaderValue::try_from(tag).ok()
    }
}

/// Adds the `ETag` to complete answers after their compression, and omits a body that the client already has.
pub(super) async fn validate(request: Request, next: Next) -> Response {
    let held: Vec<HeaderValue> = request.headers().get_all(header::IF_NONE_MATCH).iter().cloned().collect();
    let mut response = next.run(request).await;
    // For a client that accepts no encoding, not even identity, the compression layer writes 406 over a finished
    // answer, even of a mutation that has run. The client gets the uncompressed answer with its own status instead.
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
    let unchanged = held.iter().any(|value| names(value, &tag));
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

/// Returns true if an `If-None-Match` names the tag, by the weak comparison that the header requires. Our tags contain
/// no commas.
fn names(held: &HeaderValue, tag: &HeaderValue) -> bool {
    let held = held.to_str().unwrap_or_default();
    held.split(',').map(str::trim).any(|one| {
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
        for held in ["\"abc-br\"", "W/\"abc-br\"", "\"x\", \"abc-br\"", "*", "\"a\" ,W/\"abc-br\" "] {
            assert!(names(&HeaderValue::from_static(held), &tag), "{held}");
        }
        for held in ["", "\"abc\"", "abc-br", "\"abc-gzip\"", "w/\"abc-br\"", "\"*\""] {
            assert!(!names(&HeaderValue::from_static(held), &tag), "{held}");
        }
    }
}
