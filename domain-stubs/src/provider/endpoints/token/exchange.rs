//! A token of a user for a service, in exchange for the token that the user's client sent to a BFF (RFC 8693).

use super::{
    response::{Beside, TokenResponse},
    target::{LIFETIME, target},
};
use crate::provider::{
    authority::{Authority, NewToken},
    client::Client,
    error::{Code, Error},
    parameters::Parameters,
    scopes::Scopes,
};

/// The kind of the tokens that are exchanged, and of those that are returned.
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

pub(super) fn tokens(
    authority: &Authority,
    client: &Client,
    parameters: &Parameters<'_>,
) -> Result<TokenResponse, Error> {
    let audience = target(client, parameters)?;
    let subject = parameters.require("subject_token", "subject_token is missing")?;
    let kind = parameters.require("subject_token_type", "subject_token_type is missing")?;
    if kind != ACCESS_TOKEN || parameters.get("requested_token_type").is_some_and(|it| it != ACCESS_TOKEN) {
        return Err(Code::InvalidRequest.because("only access tokens are exchanged, for access tokens"));
    }
    if parameters.get("actor_token").is_some() {
        return Err(Code::InvalidRequest.because("the actor is the client that authenticates"));
    }
    let subject = authority.verify(subject).ok_or(
        Code::InvalidRequest.because("the subject token is not one of ours, has expired or was revoked"),
    )?;
    // A BFF must not use a token that was sent to another one.
    if subject.aud != client.id {
        return Err(Code::InvalidRequest.because("the subject token is for another audience"));
    }
    let granted = subject.scope.as_deref().and_then(Scopes::parse).unwrap_or_default();
    let scopes = parameters.scopes()?.unwrap_or_else(|| granted.clone());
    if !scopes.are_within(&granted) {
        return Err(Code::InvalidScope.because("the subject token has not all of these scopes"));
    }
    let token = NewToken {
        subject: &subject.sub,
        client: &client.id,
        audience,
        scopes: &scopes,
        actor: Some(&client.id),
        grant: None,
        bound_to: None,
        lifetime: LIFETIME,
    };
    let beside = Beside { issued_token_type: Some(ACCESS_TOKEN), ..Beside::default() };
    Ok(TokenResponse::new(authority, &token, beside))
}
