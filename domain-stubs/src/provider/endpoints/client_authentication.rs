//! Authentication of the clients that call an endpoint.

use axum::http::{HeaderMap, header};
use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::provider::{
    authority::Authority,
    client::Client,
    error::{Code, Error},
    parameters::Parameters,
};

const FAILED: Error =
    Code::InvalidClient.because("the client is unknown, or its authentication is not valid");

/// Returns the client that sent a request, by `client_secret_basic`, `client_secret_post` or, if it is public, its
/// identifier alone (RFC 6749, section 2.3).
pub(super) fn authenticate<'a>(
    authority: &'a Authority,
    headers: &HeaderMap,
    parameters: &Parameters<'_>,
) -> Result<&'a Client, Error> {
    let (id, secret) = (parameters.get("client_id"), parameters.get("client_secret"));
    let Some(basic) = basic(headers)? else {
        return known(authority, id.ok_or(FAILED)?, secret);
    };
    if secret.is_some() || id.is_some_and(|id| id != basic.0) {
        return Err(Code::InvalidRequest.because("the client authenticates in two ways"));
    }
    known(authority, &basic.0, Some(&basic.1))
}

fn known<'a>(authority: &'a Authority, id: &str, secret: Option<&str>) -> Result<&'a Client, Error> {
    let client = authority.client(id).ok_or(FAILED)?;
    let is_authentic = match secret {
        Some(secret) => client.has_secret(secret),
        None => client.secret.is_none(),
    };
    is_authentic.then_some(client).ok_or(FAILED)
}

/// The identifier and the secret in `authorization: Basic …`; `None` without that header.
fn basic(headers: &HeaderMap) -> Result<Option<(String, String)>, Error> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let read = || {
        let (scheme, credentials) = value.to_str().ok()?.split_once(' ')?;
        let credentials = scheme.eq_ignore_ascii_case("Basic").then(|| STANDARD.decode(credentials))?.ok()?;
        let (id, secret) = std::str::from_utf8(&credentials).ok()?.split_once(':')?;
        Some((decoded(id)?, decoded(secret)?))
    };
    match (read(), values.next()) {
        (Some(read), None) => Ok(Some(read)),
        _ => Err(FAILED),
    }
}

/// Decodes a part of the credentials, which are form-encoded before they are joined (RFC 6749, section 2.3.1).
fn decoded(part: &str) -> Option<String> {
    let is_one = !part.contains(['&', '=']);
    let text = form_urlencoded::parse(part.as_bytes()).next().map(|(text, _)| text.into_owned());
    is_one.then(|| text.unwrap_or_default())
}
