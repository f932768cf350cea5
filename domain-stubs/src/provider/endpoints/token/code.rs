//! Tokens for an authorization code (RFC 6749, section 4.1.3).

use subtle::ConstantTimeEq as _;

use super::response::{Beside, TokenResponse};
use crate::provider::{
    authority::Authority,
    client::Client,
    codes::{Attempt, Consent},
    error::{Code, Error},
    parameters::Parameters,
    random::Digest,
    scopes::OPENID,
};

const NOT_VALID: Error =
    Code::InvalidGrant.because("the code is unknown, used or expired, or of another client");

pub(super) fn tokens(
    authority: &Authority,
    client: &Client,
    parameters: &Parameters<'_>,
) -> Result<TokenResponse, Error> {
    let code = parameters.require("code", "code is missing")?;
    let redirect_uri = parameters.require("redirect_uri", "redirect_uri is missing")?;
    let verifier = parameters.require("code_verifier", "code_verifier is missing: PKCE is required")?;

    let now = authority.now();
    let mut state = authority.state();
    let consent = match state.codes.attempt(code, &client.id, now) {
        Attempt::First(consent) => consent,
        Attempt::Repeated(opened) => {
            // Somebody else may have used it first (RFC 9700, section 4.5): nothing that it gave stays.
            if let Some(grant) = opened {
                state.grants.revoke(&grant);
            }
            return Err(NOT_VALID);
        }
        Attempt::Unknown => return Err(NOT_VALID),
    };
    check(&consent, redirect_uri, verifier, parameters.get("resource"))?;
    let id = state.grants.open(consent.grant.clone());
    state.codes.opened(code, &id);
    let refresh_token = Some(state.grants.issue(&id));
    drop(state);

    let grant = &consent.grant;
    let id_token = grant.scopes.has(OPENID).then(|| authority.sign_id_token(grant, consent.nonce));
    let beside = Beside { refresh_token, id_token, ..Beside::default() };
    Ok(TokenResponse::of_grant(authority, (&id, grant), &grant.scopes, beside))
}

/// Checks that the request comes from the client that asked for the code.
fn check(consent: &Consent, redirect_uri: &str, verifier: &str, resource: Option<&str>) -> Result<(), Error> {
    if consent.redirect_uri != redirect_uri {
        return Err(Code::InvalidGrant.because("the redirect URI is not that of the authorization request"));
    }
    let challenge = Digest::of(verifier).base64url();
    if !is_verifier(verifier) || !bool::from(challenge.as_bytes().ct_eq(consent.challenge.as_bytes())) {
        return Err(Code::InvalidGrant.because("the code verifier does not match the challenge"));
    }
    if resource.is_some_and(|resource| resource != consent.grant.audience) {
        return Err(Code::InvalidTarget.because("the resource is not that of the authorization request"));
    }
    Ok(())
}

/// Returns true for 43 to 128 unreserved characters (RFC 7636, section 4.1).
fn is_verifier(text: &str) -> bool {
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (43..=128).contains(&text.len()) && text.bytes().all(is_unreserved)
}
