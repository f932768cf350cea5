//! The credentials that services are shown. Those of this crate name the calling server and the principal, and are for one
//! audience; a team can bring others.

mod exchange;
mod key;
mod signer;

use std::error::Error;
use std::fmt;

use futures_util::future::BoxFuture;
use http::header::{
    AUTHORIZATION, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
    USER_AGENT,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use serde_json::Value;

use crate::principal::Principal;

pub use exchange::{ExchangeError, ExchangeSettings, TokenExchange};
pub use key::CredentialKeyError;
pub use signer::CredentialSigner;

/// The source of the credentials that a server shows to services.
pub trait CredentialSource: fmt::Debug + Send + Sync {
    /// Returns a credential for calls that are made for a principal to services of this audience.
    fn credential<'a>(
        &'a self,
        principal: &'a Principal,
        audience: &'a str,
    ) -> BoxFuture<'a, Result<Credential, NoCredential>>;

    /// Returns the key set with which services verify the credentials (RFC 7517), to be published by the server; `None` if
    /// others publish it, or nobody.
    fn key_set(&self) -> Option<Value> {
        None
    }
}

/// A credential for calls to services.
#[derive(Clone)]
pub struct Credential {
    headers: HeaderMap,
    expires: Timestamp,
}

impl Credential {
    /// Creates a credential of headers, such as an API key beside the id of the user; none may be [reserved](Self::is_reserved). `expires` is the time from which
    /// services no longer accept it; [`Timestamp::MAX`] if that never comes. The values are kept out of logs.
    #[must_use]
    pub fn new(mut headers: HeaderMap, expires: Timestamp) -> Self {
        headers.values_mut().for_each(|value| value.set_sensitive(true));
        Self { headers, expires }
    }

    /// Creates the credential of a bearer token (RFC 6750). Returns `None` for a token that no header can hold.
    #[must_use]
    pub fn bearer(token: &str, expires: Timestamp) -> Option<Self> {
        let authorization = HeaderValue::try_from(format!("Bearer {token}")).ok()?;
        Some(Self::new([(AUTHORIZATION, authorization)].into_iter().collect(), expires))
    }

    /// Creates the credential of a service that needs none.
    #[must_use]
    pub fn none() -> Self {
        Self::new(HeaderMap::new(), Timestamp::MAX)
    }

    /// Returns the credential with further headers, which replace those of the same names.
    #[must_use]
    pub fn with(mut self, headers: &HeaderMap) -> Self {
        for name in headers.keys() {
            self.headers.remove(name);
        }
        for (name, value) in headers {
            self.headers.append(name, value.clone());
        }
        Self::new(self.headers, self.expires)
    }

    /// Returns true for a header that no credential may have: one that gRPC or HTTP itself writes.
    #[must_use]
    pub fn is_reserved(name: &HeaderName) -> bool {
        let own = [
            CONNECTION,
            CONTENT_LENGTH,
            CONTENT_TYPE,
            HOST,
            TE,
            TRAILER,
            TRANSFER_ENCODING,
            UPGRADE,
            USER_AGENT,
        ];
        let name_text = name.as_str();
        own.contains(name)
            || name_text.starts_with("grpc-")
            || name_text == "keep-alive"
            || name_text == "proxy-connection"
    }

    /// Returns the headers of the calls.
    #[must_use]
    pub const fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the time from which the credential is no longer accepted.
    #[must_use]
    pub const fn expires(&self) -> Timestamp {
        self.expires
    }
}

/// The reason why there is no credential. It tells nothing of the principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoCredential {
    /// The system has no randomness to give, without which some keys cannot sign.
    Unsigned,
    /// The principal has no token that could be exchanged: it signed in otherwise, or the token behind its session has
    /// expired.
    NoToken,
    /// The provider gives none for this token and audience. Holds its error code, if that is a registered one.
    Rejected(&'static str),
    /// The source of the team gives a credential with a reserved header.
    Reserved,
    /// The provider cannot be reached, or fails. Holds the reason.
    Unavailable(&'static str),
}

impl fmt::Debug for Credential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Credential").field("expires", &self.expires).finish_non_exhaustive()
    }
}

impl fmt::Display for NoCredential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsigned => formatter.write_str("the system has no randomness to sign with"),
            Self::Reserved => formatter.write_str("the credential has a header that gRPC itself writes"),
            Self::NoToken => formatter.write_str("the principal has no token that could be exchanged"),
            Self::Rejected(code) => write!(formatter, "the provider gives none: {code}"),
            Self::Unavailable(reason) => formatter.write_str(reason),
        }
    }
}

impl Error for NoCredential {}
