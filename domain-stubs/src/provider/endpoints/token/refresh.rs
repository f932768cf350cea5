//! New tokens for a refresh token (RFC 6749, section 6).

use super::response::{Beside, TokenResponse};
use crate::provider::{
    authority::Authority,
    client::Client,
    error::{Code, Error},
    parameters::Parameters,
    scopes::OPENID,
};

pub(super) fn tokens(
    authority: &Authority,
    client: &Client,
    parameters: &Parameters<'_>,
) -> Result<TokenResponse, Error> {
    let token = parameters.require("refresh_token", "refresh_token is missing")?;
    let asked = parameters.scopes()?;

    let now = authority.now();
    let mut state = authority.state();
    let refresh = state.grants.find(token, &client.id, now);
    let refresh = refresh.ok_or(Code::InvalidGrant.because(
        "the refresh token is unknown, used, expired or revoked, or of another client; a used one revokes its grant",
    ))?;
    let grant = &refresh.grant;
    // The next refresh token has all scopes again: the client may want fewer for this access token alone.
    let scopes = asked.unwrap_or_else(|| grant.scopes.clone());
    if !scopes.are_within(&grant.scopes) {
        return Err(Code::InvalidScope.because("the user did not grant all of these scopes"));
    }
    if parameters.get("resource").is_some_and(|resource| resource != grant.audience) {
        return Err(Code::InvalidTarget.because("the resource is not that of the authorization request"));
    }
    let refresh_token = Some(state.grants.rotate(&refresh));
    drop(state);

    let id_token = scopes.has(OPENID).then(|| authority.sign_id_token(grant, None));
    let beside = Beside { refresh_token, id_token, ..Beside::default() };
    Ok(TokenResponse::of_grant(authority, (&refresh.id, grant), &scopes, beside))
}
