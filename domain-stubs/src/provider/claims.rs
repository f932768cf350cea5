//! The claims of tokens.

use serde::{Deserialize, Serialize};

/// The type (`typ`) of access tokens (RFC 9068, section 2.1).
pub(super) const ACCESS_TOKEN: &str = "at+jwt";

/// The type (`typ`) of ID tokens.
pub(super) const ID_TOKEN: &str = "JWT";

/// The claims of an access token (RFC 9068, section 2.2). Times are in seconds since 1970.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct AccessClaims {
    pub(super) iss: String,
    pub(super) aud: String,
    /// The user; the client itself if it acts for nobody.
    pub(super) sub: String,
    pub(super) client_id: String,
    pub(super) iat: i64,
    pub(super) exp: i64,
    pub(super) jti: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) scope: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) act: Option<Act>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) cnf: Option<Confirmation>,
}

/// The key that a token is bound to, by its thumbprint (RFC 9449, section 6.1).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Confirmation {
    pub(super) jkt: String,
}

/// The party that acts for the subject of a token (RFC 8693, section 4.1).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Act {
    pub(super) sub: String,
}

/// The claims of an ID token (OIDC Core, section 2). Times are in seconds since 1970.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct IdClaims {
    pub(super) iss: String,
    /// The client.
    pub(super) aud: String,
    pub(super) sub: String,
    pub(super) iat: i64,
    pub(super) exp: i64,
    /// Time at which the user signed in.
    pub(super) auth_time: i64,
    /// Identifier of the session of the browser.
    pub(super) sid: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) nonce: Option<String>,
}

impl AccessClaims {
    /// Identifier of a token that belongs to a grant.
    pub(super) fn identifier_in(grant: &str, identifier: &str) -> String {
        format!("{grant}.{identifier}")
    }

    /// The grant that the token belongs to; `None` for a token of no grant.
    pub(super) fn grant(&self) -> Option<&str> {
        self.jti.split_once('.').map(|(grant, _)| grant)
    }
}
