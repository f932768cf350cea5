//! An attempt to sign in, between the login and the callback.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;

use super::cookie;
use crate::session::random_text;

/// Beginning of the names of the cookies of attempts. Each attempt has its own, so that two tabs can sign in at once.
const PREFIX: &str = "__Host-login-";

/// Characters of the state in the name of the cookie.
const NAMED: usize = 16;

/// Seconds after which an attempt is forgotten.
const LIFETIME_S: u32 = 600;

/// Attempts of which a browser keeps the cookies. More would fill the headers of its requests.
const MAX_PER_BROWSER: usize = 8;

/// An attempt to sign in. The browser keeps it, as a cookie: nothing is stored here, so that nobody can fill the store
/// with attempts. Whatever a browser changes in it harms its own attempt alone.
pub(super) struct Attempt {
    /// Sent through the provider, and compared when the browser comes back (RFC 6749, section 10.12).
    pub(super) state: SecretString,
    /// Named by the ID token (OIDC Core, section 15.5.2).
    pub(super) nonce: SecretString,
    /// Proves that the code goes to the one who asked for it (RFC 7636).
    pub(super) verifier: SecretString,
    /// URL to which the browser goes then.
    pub(super) return_to: String,
}

impl Attempt {
    /// Begins an attempt. Returns `None` if the system has no randomness to give.
    pub(super) fn new(return_to: impl Into<String>) -> Option<Self> {
        Some(Self {
            state: random_text()?.into(),
            nonce: random_text()?.into(),
            verifier: random_text()?.into(),
            return_to: return_to.into(),
        })
    }

    /// Returns the header that gives the browser its cookie.
    pub(super) fn cookie(&self) -> Option<HeaderValue> {
        let [state, nonce, verifier] =
            [&self.state, &self.nonce, &self.verifier].map(|it| it.expose_secret().to_owned());
        let return_to = URL_SAFE_NO_PAD.encode(&self.return_to);
        let value = format!("{state}.{nonce}.{verifier}.{return_to}");
        cookie::for_seconds(&name(&state)?, &value, LIFETIME_S)
    }

    /// Returns the attempt of a state, if the browser that presents the state has begun it.
    pub(super) fn of(headers: &HeaderMap, state: &str) -> Option<Self> {
        let value = cookie::only(headers, &name(state)?).ok()??;
        let mut parts = value.split('.');
        let mut part = || parts.next();
        let (own, nonce, verifier, return_to) = (part()?, part()?, part()?, part()?);
        let is_own = bool::from(own.as_bytes().ct_eq(state.as_bytes())) && part().is_none();
        let return_to = String::from_utf8(URL_SAFE_NO_PAD.decode(return_to).ok()?).ok()?;
        is_own.then(|| Self { state: own.into(), nonce: nonce.into(), verifier: verifier.into(), return_to })
    }

    /// Returns the header that ends the attempt of a state.
    pub(super) fn forget(state: &str) -> Option<HeaderValue> {
        cookie::forget(&name(state)?)
    }

    /// Returns the headers that end all attempts of a browser, if it has too many.
    pub(super) fn forget_many(headers: &HeaderMap) -> Vec<HeaderValue> {
        let names: Vec<_> =
            cookie::all(headers).map(|(name, _)| name).filter(|it| it.starts_with(PREFIX)).collect();
        if names.len() < MAX_PER_BROWSER {
            return Vec::new();
        }
        names.into_iter().filter_map(cookie::forget).collect()
    }
}

/// Returns the name of the cookie of a state; `None` if we have made no such state.
fn name(state: &str) -> Option<String> {
    let is_base64 = state.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    state.get(..NAMED).filter(|_| is_base64).map(|it| format!("{PREFIX}{it}"))
}

impl fmt::Debug for Attempt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Attempt").finish_non_exhaustive()
    }
}
