//! The response of the token endpoint.

use serde::Serialize;

use crate::provider::{authority::Authority, authority::NewToken, grants::Grant, scopes::Scopes};

/// The successful response (RFC 6749, section 5.1, and RFC 8693, section 2.2.1).
#[derive(Debug, Serialize)]
pub(super) struct TokenResponse {
    access_token: String,
    token_type: &'static str,
    expires_in: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issued_token_type: Option<&'static str>,
}

/// The tokens that a client gets beside an access token.
#[derive(Debug, Default)]
pub(super) struct Beside {
    pub(super) refresh_token: Option<String>,
    pub(super) id_token: Option<String>,
    /// The kind of the access token, if it was exchanged.
    pub(super) issued_token_type: Option<&'static str>,
}

impl TokenResponse {
    /// Signs an access token, and returns it with others.
    pub(super) fn new(authority: &Authority, token: &NewToken<'_>, beside: Beside) -> Self {
        Self {
            access_token: authority.sign(token),
            token_type: "Bearer",
            expires_in: token.lifetime,
            scope: token.scopes.text(),
            refresh_token: beside.refresh_token,
            id_token: beside.id_token,
            issued_token_type: beside.issued_token_type,
        }
    }

    /// The tokens of a grant, with all of its scopes or some of them.
    pub(super) fn of_grant(
        authority: &Authority,
        (id, grant): (&str, &Grant),
        scopes: &Scopes,
        beside: Beside,
    ) -> Self {
        let token = NewToken {
            subject: &grant.user,
            client: &grant.client,
            audience: &grant.audience,
            scopes,
            actor: None,
            grant: Some(id),
            bound_to: None,
            lifetime: authority.token_lifetime,
        };
        Self::new(authority, &token, beside)
    }
}
