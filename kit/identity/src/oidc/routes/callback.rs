//! `GET /auth/callback`, to which the provider sends the browser back.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use http::HeaderMap;

use super::answer;
use super::parameters::query;
use crate::oidc::attempt::Attempt;
use crate::oidc::cookie;
use crate::oidc::error::Failure;
use crate::oidc::sign_in::OidcSignIn;
use crate::oidc::visitor::{self, Visitor};
use crate::session::{Brought, SessionId};

/// The answer of the provider to an attempt.
struct ProviderAnswer {
    code: Option<String>,
    error: Option<String>,
    issuer: Option<String>,
}

/// Ends an attempt: 303 to where it began, with a session; 400 or 503 if there is none. An attempt ends with its first
/// answer, whatever that is.
pub(super) async fn get(
    State(sign_in): State<Arc<OidcSignIn>>,
    headers: HeaderMap,
    RawQuery(raw): RawQuery,
) -> Response {
    let parameters = query(raw, ["state", "code", "error", "iss"]);
    let [state, code, error, issuer] = match parameters {
        Ok(parameters) => parameters,
        Err(reason) => return answer::page(Failure::Rejected(reason)),
    };
    let Some(state) = state else { return answer::page(Failure::Rejected("the answer has no state")) };
    let Some(attempt) = Attempt::of(&headers, &state) else {
        return answer::page(Failure::Rejected("this browser has not begun the attempt"));
    };
    let given = ProviderAnswer { code, error, issuer };
    let response = finish(&sign_in, &headers, &attempt, given).await.unwrap_or_else(answer::page);
    answer::with_cookies(response, Attempt::forget(&state))
}

async fn finish(
    sign_in: &OidcSignIn,
    headers: &HeaderMap,
    attempt: &Attempt,
    given: ProviderAnswer,
) -> Result<Response, Failure> {
    // The cookie is the browser's, so that what it says is checked again.
    let return_to = sign_in.origins.resolve(Some(&attempt.return_to));
    let return_to = return_to.ok_or(Failure::Rejected("the place to return to is not permitted"))?;
    sign_in.provider.check_issuer(given.issuer.as_deref()).await?;
    let code = match (given.code, given.error.as_deref()) {
        (Some(code), None) => code,
        // The user has changed their mind.
        (None, Some("access_denied")) => return Ok(answer::redirect(return_to.as_str())),
        (None, Some(_)) => return Err(Failure::Rejected("the provider answered with an error")),
        _ => return Err(Failure::Rejected("the answer has neither a code nor an error, or both")),
    };
    let (user, tokens) = sign_in.provider.exchange(&code, attempt).await?;
    let before = cookie::session(headers).ok().flatten();
    let (secret, group) = (tokens.written(), user.session.as_deref());
    let visitor = if sign_in.has_visitors { Visitor::of(headers).ok().flatten() } else { None };
    let visitor = visitor.map(|visitor| visitor.name());
    let brought = Brought { secret: &secret, group, visitor: visitor.as_deref() };
    let begun = sign_in.sessions.sign_in_with(&user.id, before.as_ref(), Some(brought)).await;
    let id = begun.map_err(|error| {
        tracing::warn!(%error, "no session could begin");
        Failure::Unavailable("no session could begin")
    })?;
    to(return_to.as_str(), &id, visitor.is_some())
}

fn to(return_to: &str, id: &SessionId, was_visitor: bool) -> Result<Response, Failure> {
    let cookie = cookie::of_session(id).ok_or(Failure::Rejected("the cookie cannot be made"))?;
    // The session has noted which visitor this was, and they are none any more.
    let visitor = was_visitor.then(|| cookie::forget(visitor::COOKIE)).flatten();
    Ok(answer::with_cookies(answer::redirect(return_to), std::iter::once(cookie).chain(visitor)))
}
