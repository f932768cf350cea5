//! The authorization endpoint (RFC 6749, section 3.1): the browser comes from a client, and returns to it with a code.

mod page;
mod request;

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::Response,
};

use self::request::{Asked, Recipient};
use super::{
    cookie,
    form::Form,
    html::{is_foreign, problem},
    redirect,
};
use crate::provider::{
    authority::Authority,
    codes::Consent,
    error::{Code, Error},
    grants::Grant,
    parameters::Parameters,
    sessions::Session,
};

/// A request whose answer goes to its client.
struct Authorization<'a> {
    authority: &'a Authority,
    recipient: Recipient<'a>,
    parameters: &'a Parameters<'a>,
    headers: &'a HeaderMap,
}

/// Shows the page on which a user is chosen; with `prompt=none`, answers for the user who is signed in.
pub(super) async fn get(
    State(authority): State<Arc<Authority>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let query = query.unwrap_or_default();
    answer(&authority, Parameters::read(query.as_bytes()), &headers, false)
}

/// Signs the chosen user in. A request that comes as a form, without a choice, is as good as one in a query.
pub(super) async fn post(State(authority): State<Arc<Authority>>, form: Form) -> Response {
    answer(&authority, form.parameters(), &form.headers, true)
}

/// Signs a user in as if they had been chosen on the page of this request. Returns where the browser goes then; `None` if
/// it stays here, since the request is none or there is no such user.
pub(in crate::provider) fn choose(authority: &Authority, request: &str, user: &str) -> Option<String> {
    let (_, query) = request.split_once('?')?;
    let chosen = format!("{query}&{}={user}", page::USER);
    let response = answer(authority, Parameters::read(chosen.as_bytes()), &HeaderMap::new(), true);
    let location = response.headers().get(header::LOCATION)?.to_str().ok()?;
    Some(location.to_owned())
}

fn answer(
    authority: &Authority,
    parameters: Result<Parameters<'_>, Error>,
    headers: &HeaderMap,
    is_form: bool,
) -> Response {
    let parameters = match parameters {
        Ok(parameters) => parameters,
        Err(error) => return problem(StatusCode::BAD_REQUEST, error.description),
    };
    let recipient = match Recipient::read(authority, &parameters) {
        Ok(recipient) => recipient,
        Err(reason) => return problem(StatusCode::BAD_REQUEST, reason),
    };
    let request = Authorization { authority, recipient, parameters: &parameters, headers };
    let answer = if is_form { request.proceed() } else { request.begin() };
    answer.unwrap_or_else(|error| request.fail(error))
}

impl Authorization<'_> {
    fn begin(&self) -> Result<Response, Error> {
        let asked = self.asked()?;
        let now = self.authority.now();
        let session = cookie::read(self.headers)
            .and_then(|cookie| self.authority.state().sessions.get(cookie, now).cloned());
        if !asked.is_silent {
            let signed_in = session.as_ref().map(|session| session.user.as_str());
            return Ok(page::choose(self.authority, &self.recipient, self.parameters, signed_in));
        }
        let is_asked_for = |session: &Session| {
            let is_fresh =
                asked.max_age.is_none_or(|max_age| now <= session.auth_time.saturating_add(max_age));
            is_fresh && asked.expected_user.as_ref().is_none_or(|user| *user == session.user)
        };
        let session = session.filter(is_asked_for);
        let session = session.ok_or(Code::LoginRequired.because("the user is not signed in"))?;
        Ok(self.succeed(asked, session))
    }

    fn proceed(&self) -> Result<Response, Error> {
        let user = self.parameters.get(page::USER);
        let is_cancelled = self.parameters.get(page::CANCEL).is_some();
        if user.is_none() && !is_cancelled {
            return self.begin();
        }
        if is_foreign(self.headers) {
            return Ok(problem(StatusCode::FORBIDDEN, "The choice was not made on the page of this server."));
        }
        let asked = self.asked()?;
        let Some(user) = user.filter(|_| !is_cancelled) else {
            return Err(Code::AccessDenied.because("the user cancelled the sign-in"));
        };
        let Some(user) = self.authority.user(user) else {
            return Ok(problem(StatusCode::BAD_REQUEST, "There is no such demo user."));
        };
        let (session, cookie) = self.authority.state().sessions.start(&user.id, self.authority.now());
        let mut response = self.succeed(asked, session);
        response.headers_mut().insert(header::SET_COOKIE, cookie::set(&self.authority.issuer, &cookie));
        Ok(response)
    }

    fn asked(&self) -> Result<Asked<'_>, Error> {
        Asked::read(self.authority, self.recipient.client, self.parameters)
    }

    /// Sends the browser to the client with a code.
    fn succeed(&self, asked: Asked<'_>, session: Session) -> Response {
        let consent = Consent {
            grant: Grant {
                client: self.recipient.client.id.clone(),
                user: session.user,
                scopes: asked.scopes,
                audience: asked.audience.to_owned(),
                auth_time: session.auth_time,
                session: session.id,
            },
            redirect_uri: self.recipient.redirect_uri.to_owned(),
            challenge: asked.challenge.to_owned(),
            nonce: asked.nonce.map(str::to_owned),
        };
        let code = self.authority.state().codes.issue(consent, self.authority.now());
        self.redirect(&[("code", Some(&code))])
    }

    /// Sends the browser to the client with an error.
    fn fail(&self, error: Error) -> Response {
        self.redirect(&[("error", Some(error.code.text())), ("error_description", Some(error.description))])
    }

    fn redirect(&self, parameters: &[(&str, Option<&str>)]) -> Response {
        // The issuer tells a client of several providers which one answers (RFC 9207).
        let always = [("state", self.recipient.state), ("iss", Some(&*self.authority.issuer))];
        redirect::to(self.recipient.redirect_uri, &[parameters, &always].concat())
    }
}
