//! Revocation of tokens (RFC 7009).

use std::sync::Arc;

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};

use super::{client_authentication::authenticate, form::Form, reply};
use crate::provider::{
    authority::Authority,
    error::{Code, Error},
};

/// Revokes a refresh token or an access token, with the grant that it belongs to and so all other tokens of that grant.
/// A token that we do not know is as good as revoked. A BFF that verifies access tokens itself accepts them until they
/// expire.
pub(super) async fn post(State(authority): State<Arc<Authority>>, form: Form) -> Response {
    match revoke(&authority, &form) {
        Ok(()) => StatusCode::OK.into_response(),
        Err(error) => reply::error(error),
    }
}

fn revoke(authority: &Authority, form: &Form) -> Result<(), Error> {
    let parameters = form.parameters()?;
    let client = authenticate(authority, &form.headers, &parameters)?;
    let token = parameters.require("token", "token is missing")?;
    if authority.state().grants.revoke_of(token, &client.id) {
        return Ok(());
    }
    let Some(claims) = authority.verify(token).filter(|claims| claims.client_id == client.id) else {
        return Ok(());
    };
    let Some(grant) = claims.grant() else {
        return Err(
            Code::UnsupportedTokenType.because("an access token without a grant lives until it expires")
        );
    };
    authority.state().grants.revoke(grant);
    Ok(())
}
