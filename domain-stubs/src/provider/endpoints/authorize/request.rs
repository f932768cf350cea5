//! An authorization request, checked.

use crate::provider::{
    authority::Authority,
    client::Client,
    error::{Code, Error},
    parameters::Parameters,
    scopes::Scopes,
};

/// Names of the parameters that a page passes on to the next request.
pub(super) const NAMES: [&str; 14] = [
    "response_type",
    "response_mode",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "max_age",
    "login_hint",
    "id_token_hint",
    "resource",
];

/// The part of a request that says where its answer goes. It is known before anything else is checked.
#[derive(Debug)]
pub(super) struct Recipient<'a> {
    pub(super) client: &'a Client,
    pub(super) redirect_uri: &'a str,
    pub(super) state: Option<&'a str>,
}

/// The part of a request that says what is asked for.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    pub(super) scopes: Scopes,
    pub(super) nonce: Option<&'a str>,
    pub(super) challenge: &'a str,
    pub(super) audience: &'a str,
    /// True if no page may be shown (`prompt=none`).
    pub(super) is_silent: bool,
    /// Longest time since the sign-in, in seconds.
    pub(super) max_age: Option<i64>,
    /// The user that the client means, by an ID token of earlier.
    pub(super) expected_user: Option<String>,
}

impl<'a> Recipient<'a> {
    /// Reads the recipient. Without a good one, the browser must not be sent anywhere (RFC 6749, section 4.1.2.1).
    pub(super) fn read(
        authority: &'a Authority,
        parameters: &'a Parameters<'_>,
    ) -> Result<Self, &'static str> {
        let id = parameters.get("client_id").ok_or("client_id is missing.")?;
        let client = authority.client(id).ok_or("The client is not registered.")?;
        let redirect_uri = parameters.get("redirect_uri").ok_or("redirect_uri is missing.")?;
        if !client.may_redirect_to(redirect_uri) {
            return Err("The redirect URI is not registered for the client.");
        }
        Ok(Self { client, redirect_uri, state: parameters.get("state") })
    }
}

impl<'a> Asked<'a> {
    /// Reads the rest of a request of a client.
    pub(super) fn read(
        authority: &Authority,
        client: &'a Client,
        parameters: &'a Parameters<'_>,
    ) -> Result<Self, Error> {
        match parameters.require("response_type", "response_type is missing")? {
            "code" => {}
            _ => return Err(Code::UnsupportedResponseType.because("only codes are given")),
        }
        if parameters.get("response_mode").is_some_and(|mode| mode != "query") {
            return Err(Code::InvalidRequest.because("codes are given in the query alone"));
        }
        if parameters.get("request").is_some() {
            return Err(Code::RequestNotSupported.because("request objects are not supported"));
        }
        if parameters.get("request_uri").is_some() {
            return Err(Code::RequestUriNotSupported.because("request objects are not supported"));
        }
        let prompt: Vec<_> = parameters.get("prompt").unwrap_or_default().split(' ').collect();
        let is_silent = prompt.contains(&"none");
        if is_silent && prompt.len() > 1 {
            return Err(Code::InvalidRequest.because("prompt=none goes with no other prompt"));
        }
        Ok(Self {
            scopes: parameters.scopes()?.unwrap_or_default(),
            nonce: parameters.get("nonce"),
            challenge: challenge(parameters)?,
            audience: audience(client, parameters)?,
            is_silent,
            max_age: max_age(parameters)?,
            expected_user: expected_user(authority, client, parameters)?,
        })
    }
}

/// Returns the challenge of PKCE. The method `plain` is rejected with all others: it would show the verifier to whoever
/// sees the request.
fn challenge<'a>(parameters: &'a Parameters<'_>) -> Result<&'a str, Error> {
    let challenge = parameters.require("code_challenge", "code_challenge is missing: PKCE is required")?;
    if parameters.get("code_challenge_method") != Some("S256") {
        return Err(Code::InvalidRequest.because("code_challenge_method is not S256"));
    }
    // A SHA-256 in base64url has 43 characters.
    let is_base64url = challenge.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_".contains(&it));
    let is_well_formed = challenge.len() == 43 && is_base64url;
    is_well_formed.then_some(challenge).ok_or(Code::InvalidRequest.because("code_challenge is not a SHA-256"))
}

fn audience<'a>(client: &'a Client, parameters: &Parameters<'_>) -> Result<&'a str, Error> {
    let mut audiences = client.audiences.iter();
    let audience = match parameters.get("resource") {
        Some(resource) => audiences.find(|it| *it == resource),
        None => audiences.next(),
    };
    let unknown = Code::InvalidTarget.because("the client gets no tokens for this resource");
    audience.map(String::as_str).ok_or(unknown)
}

fn max_age(parameters: &Parameters<'_>) -> Result<Option<i64>, Error> {
    let malformed = Code::InvalidRequest.because("max_age is not a number of seconds");
    let seconds = |text: &str| text.parse::<u32>().map(i64::from).map_err(|_| malformed);
    parameters.get("max_age").map(seconds).transpose()
}

fn expected_user(
    authority: &Authority,
    client: &Client,
    parameters: &Parameters<'_>,
) -> Result<Option<String>, Error> {
    let Some(hint) = parameters.get("id_token_hint") else { return Ok(None) };
    let claims = authority.id_token_hint(hint).filter(|claims| claims.aud == client.id);
    let claims =
        claims.ok_or(Code::InvalidRequest.because("id_token_hint is not an ID token of the client"))?;
    Ok(Some(claims.sub))
}
