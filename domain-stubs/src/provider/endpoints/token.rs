//! The token endpoint (RFC 6749, section 3.2), one module a grant type.

mod client_credentials;
mod code;
mod exchange;
mod refresh;
mod response;
mod target;

use std::sync::Arc;

use axum::{extract::State, response::Response};

use self::response::TokenResponse;
use super::{client_authentication::authenticate, form::Form, reply};
use crate::provider::{
    authority::Authority,
    error::{Code, Error},
};

/// Returns tokens for a code, a refresh token, a token of another audience, or a client itself.
pub(super) async fn post(State(authority): State<Arc<Authority>>, form: Form) -> Response {
    match tokens(&authority, &form) {
        Ok(tokens) => reply::json(&tokens),
        Err(error) => {
            tracing::info!(error = error.code.text(), "no token: {}", error.description);
            reply::error(error)
        }
    }
}

fn tokens(authority: &Authority, form: &Form) -> Result<TokenResponse, Error> {
    let parameters = form.parameters()?;
    let grant_type = parameters.require("grant_type", "grant_type is missing")?;
    let client = authenticate(authority, &form.headers, &parameters)?;
    match grant_type {
        "authorization_code" => code::tokens(authority, client, &parameters),
        "refresh_token" => refresh::tokens(authority, client, &parameters),
        "client_credentials" => client_credentials::tokens(authority, client, &parameters),
        "urn:ietf:params:oauth:grant-type:token-exchange" => exchange::tokens(authority, client, &parameters),
        _ => Err(Code::UnsupportedGrantType.because("the grant type is unknown")),
    }
}
