//! The credentials that services are shown: each names the calling server and the principal, and is for one audience.

mod exchange;
mod key;
mod signer;

use std::error::Error;
use std::fmt;

use futures_util::future::BoxFuture;
use http::HeaderValue;
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
    /// Value of the header `authorization`. It is marked as sensitive.
    pub authorization: HeaderValue,
    /// Time from which it is no longer accepted.
    pub expires: Timestamp,
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
            Self::NoToken => formatter.write_str("the principal has no token that could be exchanged"),
            Self::Rejected(code) => write!(formatter, "the provider gives none: {code}"),
            Self::Unavailable(reason) => formatter.write_str(reason),
        }
    }
}

impl Error for NoCredential {}
