//! A token for a client itself (RFC 6749, section 4.4), with which a BFF calls services on behalf of nobody.

use super::{
    response::{Beside, TokenResponse},
    target::{LIFETIME, target},
};
use crate::provider::{
    authority::{Authority, NewToken},
    client::Client,
    error::Error,
    parameters::Parameters,
};

pub(super) fn tokens(
    authority: &Authority,
    client: &Client,
    parameters: &Parameters<'_>,
) -> Result<TokenResponse, Error> {
    let token = NewToken {
        subject: &client.id,
        client: &client.id,
        audience: target(client, parameters)?,
        scopes: &parameters.scopes()?.unwrap_or_default(),
        actor: None,
        grant: None,
        bound_to: None,
        lifetime: LIFETIME,
    };
    Ok(TokenResponse::new(authority, &token, Beside::default()))
}
