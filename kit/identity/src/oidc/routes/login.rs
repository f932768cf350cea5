//! `GET /auth/login?return_to=…` sends the browser to the provider.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::HeaderMap;

use super::answer;
use super::parameters::query;
use crate::oidc::attempt::Attempt;
use crate::oidc::error::Failure;
use crate::oidc::sign_in::OidcSignIn;

/// Begins an attempt: 303 to the provider, 400 for a `return_to` that leads elsewhere.
pub(super) async fn get(
    State(sign_in): State<Arc<OidcSignIn>>,
    headers: HeaderMap,
    RawQuery(raw): RawQuery,
) -> Response {
    begin(&sign_in, &headers, raw).await.unwrap_or_else(answer::page)
}

async fn begin(sign_in: &OidcSignIn, headers: &HeaderMap, raw: Option<String>) -> Result<Response, Failure> {
    let [return_to] = query(raw, ["return_to"]).map_err(Failure::Rejected)?;
    let return_to = sign_in.origins.resolve(return_to.as_deref());
    let return_to = return_to.ok_or(Failure::Rejected("the place to return to is not permitted"))?;
    let no_randomness = Failure::Unavailable("the system has no randomness to give");
    let attempt = Attempt::new(return_to).ok_or(no_randomness)?;
    let cookie = attempt.cookie().ok_or(Failure::Rejected("the cookie cannot be made"))?;
    let url = sign_in.provider.authorization(&attempt).await?;
    let cookies = Attempt::forget_many(headers).into_iter().chain([cookie]);
    Ok(answer::with_cookies(answer::redirect(url.as_str()), cookies))
}
