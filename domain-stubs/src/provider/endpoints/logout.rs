//! Logout that a client asks for (OIDC RP-Initiated Logout).

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::Response,
};

use super::{
    cookie,
    form::Form,
    html::{hidden, is_foreign, page, problem},
    paths, redirect,
};
use crate::provider::{
    authority::Authority, claims::IdClaims, client::Client, error::Error, parameters::Parameters,
};

/// Name of the button that confirms a logout.
const CONFIRM: &str = "confirm";

/// Names of the parameters that the page passes on.
const NAMES: [&str; 4] = ["id_token_hint", "client_id", "post_logout_redirect_uri", "state"];

/// Ends the session that an ID token names; without one, asks the user.
pub(super) async fn get(
    State(authority): State<Arc<Authority>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let query = query.unwrap_or_default();
    answer(&authority, Parameters::read(query.as_bytes()), &headers, false)
}

/// Does the same for a form; the form of the page ends the session of the browser.
pub(super) async fn post(State(authority): State<Arc<Authority>>, form: Form) -> Response {
    answer(&authority, form.parameters(), &form.headers, !is_foreign(&form.headers))
}

fn answer(
    authority: &Authority,
    parameters: Result<Parameters<'_>, Error>,
    headers: &HeaderMap,
    may_confirm: bool,
) -> Response {
    let request = parameters.map_err(|error| error.description);
    let request = request.and_then(|parameters| {
        let (hint, client) = named(authority, &parameters)?;
        Ok((target(client, &parameters)?.map(str::to_owned), hint, parameters))
    });
    let (target, hint, parameters) = match request {
        Ok(request) => request,
        Err(reason) => return problem(StatusCode::BAD_REQUEST, reason),
    };
    let now = authority.now();
    let own = cookie::read(headers).and_then(|cookie| authority.state().sessions.get(cookie, now).cloned());
    let is_confirmed = may_confirm && parameters.get(CONFIRM).is_some();
    let ended = match (&hint, &own) {
        (Some(hint), _) => Some(hint.sid.clone()),
        (None, Some(own)) if is_confirmed => Some(own.id.clone()),
        (None, Some(_)) => return ask(&parameters, target.as_deref()),
        (None, None) => None,
    };
    if let Some(ended) = &ended {
        let mut state = authority.state();
        state.sessions.end(ended);
        state.grants.end_session(ended);
    }
    let mut response = match target {
        Some(target) => redirect::to(&target, &[("state", parameters.get("state"))]),
        None => page(StatusCode::OK, "You are signed out", "", ""),
    };
    if own.is_some_and(|own| Some(own.id) == ended) {
        response.headers_mut().insert(header::SET_COOKIE, cookie::forget(&authority.issuer));
    }
    response
}

/// Returns the claims of the ID token and the client that a request names, if any.
fn named<'a>(
    authority: &'a Authority,
    parameters: &Parameters<'_>,
) -> Result<(Option<IdClaims>, Option<&'a Client>), &'static str> {
    let hint = parameters.get("id_token_hint").map(|hint| authority.id_token_hint(hint).ok_or("bad hint"));
    let hint = hint.transpose().map_err(|_| "id_token_hint is not an ID token of this server.")?;
    let id = match (&hint, parameters.get("client_id")) {
        (Some(hint), Some(id)) if hint.aud != id => return Err("id_token_hint is of another client."),
        (Some(hint), _) => Some(hint.aud.as_str()),
        (None, id) => id,
    };
    let client = id.map(|id| authority.client(id).ok_or("The client is not registered.")).transpose()?;
    Ok((hint, client))
}

/// Returns the URI to go to, which must be one of the client.
fn target<'a>(
    client: Option<&Client>,
    parameters: &'a Parameters<'_>,
) -> Result<Option<&'a str>, &'static str> {
    let Some(uri) = parameters.get("post_logout_redirect_uri") else { return Ok(None) };
    let client = client.ok_or("post_logout_redirect_uri needs id_token_hint or client_id.")?;
    let is_known = client.post_logout_redirect_uris.iter().any(|known| known == uri);
    is_known.then_some(Some(uri)).ok_or("post_logout_redirect_uri is not registered for the client.")
}

/// Returns the page that asks the user: without an ID token, any page could have sent the browser here.
fn ask(parameters: &Parameters<'_>, target: Option<&str>) -> Response {
    let fields = NAMES.iter().filter_map(|name| Some(hidden(name, parameters.get(name)?)));
    let fields: String = fields.collect();
    let body = format!(
        "<form method=\"post\" action=\"{}\">\n{fields}<button name=\"{CONFIRM}\" value=\"yes\">Sign out</button>\n\
         </form>\n",
        paths::LOGOUT
    );
    let scheme = target.and_then(|target| target.split_once(':')).map(|(scheme, _)| format!("{scheme}:"));
    page(StatusCode::OK, "Do you want to sign out?", &body, &scheme.unwrap_or_default())
}
