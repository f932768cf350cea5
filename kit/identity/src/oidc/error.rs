//! Errors of the settings, and failures of exchanges with the provider.

use std::error::Error;
use std::fmt;

/// Settings with which nobody could sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OidcError {
    /// A URL of the settings cannot be used. Holds the name of the setting, and the problem.
    Url(&'static str, &'static str),
    /// No origin is named to which a browser may return.
    NoReturnOrigin,
    /// A scope holds a character that RFC 6749 forbids.
    Scope,
    /// TLS cannot be set up. Holds the reason.
    Tls(String),
}

/// Failure of an exchange with the provider. The texts are constants, for the operator's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The provider no longer accepts the code or refresh token (`invalid_grant`).
    InvalidGrant,
    /// The provider answers something that is not accepted.
    Rejected(&'static str),
    /// The provider cannot be reached, or fails.
    Unavailable(&'static str),
}

impl Failure {
    /// Returns the reason for the log.
    pub(super) const fn reason(self) -> &'static str {
        match self {
            Self::InvalidGrant => "the provider does not accept the code or refresh token",
            Self::Rejected(reason) | Self::Unavailable(reason) => reason,
        }
    }
}

impl fmt::Display for OidcError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(setting, problem) => write!(formatter, "the URL of {setting} {problem}"),
            Self::NoReturnOrigin => formatter.write_str("no origin is named to which a browser may return"),
            Self::Scope => formatter.write_str("a scope is malformed"),
            Self::Tls(reason) => formatter.write_str(reason),
        }
    }
}

impl Error for OidcError {}
